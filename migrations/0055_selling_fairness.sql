-- Receivers that are slow must not hold up other tenants, merged leads must reach other systems, and meetings that programs book are
-- announced as all others.

-- A merge or its undoing changes what the lead knows that shows the merged one.
create or replace function add_crm_records() returns trigger
  language plpgsql set search_path = pg_catalog, public, pg_temp as $$
  begin
    insert into crm_records as record (tenant_id, kind, lead_id, due_at)
    select connection.tenant_id, connection.kind, lead.id, clock_timestamp() + interval '2 seconds'
    from crm_connections connection
    join leads lead on lead.tenant_id = new.tenant_id
      and lead.id in (coalesce(new.top_id, new.id), case when tg_op = 'UPDATE' then old.top_id end)
    where connection.tenant_id = new.tenant_id
    order by connection.kind, lead.id
    on conflict (tenant_id, kind, lead_id) do update set
      version = record.version + 1, attempts = 0, failed_at = null, error = null, changed_at = clock_timestamp(),
      due_at = clock_timestamp() + interval '2 seconds';
    return null;
  end
  $$;

-- At most one lead at a time for each system of a tenant.
create or replace function claim_crm_record(worker uuid, lease interval) returns table (tenant_id uuid, kind text, lead_id uuid, version integer)
  language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  #variable_conflict use_column
  begin
    return query update crm_records record
    set lease_owner = worker, lease_until = clock_timestamp() + lease, attempts = record.attempts + 1
    from (
      select r.tenant_id, r.kind, r.lead_id from crm_records r
      where r.due_at <= clock_timestamp() and (r.lease_until is null or r.lease_until <= clock_timestamp())
        and not exists (
          select from crm_records running
          where running.tenant_id = r.tenant_id and running.kind = r.kind and running.lease_until > clock_timestamp())
      order by r.due_at
      for update skip locked
      limit 1
    ) due
    where record.tenant_id = due.tenant_id and record.kind = due.kind and record.lead_id = due.lead_id
    returning record.tenant_id, record.kind, record.lead_id, record.version;
  end
  $$;
create index on crm_records (tenant_id, kind) where lease_until is not null;

-- At most two messages at a time for each endpoint.
create or replace function claim_webhook(worker uuid, lease interval) returns table (tenant_id uuid, id uuid)
  language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  #variable_conflict use_column
  begin
    return query update webhook_deliveries delivery
    set lease_owner = worker, lease_until = clock_timestamp() + lease, attempts = delivery.attempts + 1
    from (
      select d.tenant_id, d.id from webhook_deliveries d
      join webhook_endpoints endpoint on endpoint.tenant_id = d.tenant_id and endpoint.id = d.endpoint_id
      where d.delivered_at is null and d.failed_at is null and endpoint.enabled
        and d.due_at <= clock_timestamp() and (d.lease_until is null or d.lease_until <= clock_timestamp())
        and (
          select count(*) from webhook_deliveries running
          where running.tenant_id = d.tenant_id and running.endpoint_id = d.endpoint_id
            and running.delivered_at is null and running.failed_at is null and running.lease_until > clock_timestamp()) < 2
        and not exists (
          select from webhook_deliveries earlier
          where d.conversation_id is not null and earlier.tenant_id = d.tenant_id and earlier.endpoint_id = d.endpoint_id
            and earlier.conversation_id = d.conversation_id and earlier.position < d.position
            and earlier.delivered_at is null and earlier.failed_at is null)
      order by d.due_at, d.position
      for update of d skip locked
      limit 1
    ) due
    where delivery.tenant_id = due.tenant_id and delivery.id = due.id
    returning delivery.tenant_id, delivery.id;
  end
  $$;
create index on webhook_deliveries (tenant_id, endpoint_id, lease_until)
  where delivered_at is null and failed_at is null and lease_until is not null;

-- At most two feeds at a time for each tenant.
create or replace function claim_busy_feed(worker uuid, lease interval) returns table (tenant_id uuid, rep_id uuid)
  language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  #variable_conflict use_column
  begin
    return query update busy_feeds feed
    set lease_owner = worker, lease_until = clock_timestamp() + lease
    from (
      select f.tenant_id, f.rep_id from busy_feeds f
      where f.due_at <= clock_timestamp() and (f.lease_until is null or f.lease_until <= clock_timestamp())
        and (
          select count(*) from busy_feeds running
          where running.tenant_id = f.tenant_id and running.lease_until > clock_timestamp()) < 2
      order by f.due_at
      for update skip locked
      limit 1
    ) due
    where feed.tenant_id = due.tenant_id and feed.rep_id = due.rep_id
    returning feed.tenant_id, feed.rep_id;
  end
  $$;

-- Meetings in a conversation are announced by its events.
create function add_meeting_webhooks() returns trigger
  language plpgsql set search_path = pg_catalog, public, pg_temp as $$
  declare
    event_name text := case
      when tg_op = 'INSERT' then 'meeting.booked'
      when new.cancelled_at is not null then 'meeting.cancelled'
      else 'meeting.rescheduled'
    end;
    utc constant text := 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"';
  begin
    perform add_webhook_event(
      new.tenant_id, event_name, null, null,
      jsonb_strip_nulls(jsonb_build_object(
        'meetingId', new.id,
        'start', to_char(new.starts_at at time zone 'UTC', utc),
        'end', to_char(new.ends_at at time zone 'UTC', utc),
        'timeZone', new.time_zone,
        'repName', (select name from reps where reps.tenant_id = new.tenant_id and reps.id = new.rep_id),
        'previousStart', case event_name when 'meeting.rescheduled' then to_char(old.starts_at at time zone 'UTC', utc) end,
        'name', new.name,
        'email', new.email)));
    return null;
  end
  $$;
create trigger webhooks_of_new after insert on meetings for each row
  when (new.conversation_id is null) execute function add_meeting_webhooks();
create trigger webhooks_of_changed after update on meetings for each row
  when (new.conversation_id is null
    and (old.starts_at, old.rep_id, old.cancelled_at) is distinct from (new.starts_at, new.rep_id, new.cancelled_at))
  execute function add_meeting_webhooks();
