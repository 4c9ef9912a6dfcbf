-- Where a tenant wants to be told of events.
create table webhook_endpoints (
  tenant_id        uuid        not null references tenants on delete cascade,
  id               uuid        not null,
  url              text        not null,
  description      text,
  events           text[]      not null,
  secret           text        not null,         -- encrypted
  old_secret       text,                         -- encrypted; messages are signed with it, too, until old_secret_until
  old_secret_until timestamptz,
  enabled          boolean     not null default true,
  disabled_reason  text,                         -- why the server has disabled it, in words for people
  delivered_at     timestamptz,                  -- the last successful delivery
  created_at       timestamptz not null default now(),
  primary key (tenant_id, id)
);

-- The outbox: one row for each event and endpoint, added in the transaction that causes the event.
create table webhook_deliveries (
  tenant_id       uuid        not null,
  id              uuid        not null,          -- also the message's id, the same for all attempts
  position        bigint      generated always as identity,
  endpoint_id     uuid        not null,
  event           text        not null,
  conversation_id uuid,                          -- messages about a conversation are delivered in order
  lead_id         uuid,
  data            jsonb       not null,
  attempts        integer     not null default 0,
  due_at          timestamptz not null default now(),
  delivered_at    timestamptz,
  failed_at       timestamptz,                   -- given up
  response_status integer,                       -- of the last attempt
  error           text,                          -- of the last attempt, in words for people
  attempted_at    timestamptz,
  replayed_at     timestamptz,                   -- sent again on request; the attempts begin anew
  lease_owner     uuid,
  lease_until     timestamptz,
  created_at      timestamptz not null default clock_timestamp(),
  primary key (tenant_id, id),
  foreign key (tenant_id, endpoint_id) references webhook_endpoints on delete cascade,
  foreign key (tenant_id, conversation_id) references conversations on delete cascade,
  foreign key (tenant_id, lead_id) references leads on delete cascade
);
create index on webhook_deliveries (due_at) where delivered_at is null and failed_at is null;
create index on webhook_deliveries (tenant_id, endpoint_id, position desc);
create index on webhook_deliveries (tenant_id, endpoint_id, conversation_id, position) where delivered_at is null and failed_at is null;
create index on webhook_deliveries (tenant_id, conversation_id) where conversation_id is not null;
create index on webhook_deliveries (tenant_id, lead_id) where lead_id is not null;
create index on webhook_deliveries (created_at);

do $$
declare
  owned text;
begin
  foreach owned in array array['webhook_endpoints', 'webhook_deliveries'] loop
    execute format('alter table %I enable row level security', owned);
    execute format('create policy tenant on %I using (tenant_id = (select current_tenant()))', owned);
  end loop;
end
$$;

grant select, insert, update, delete on webhook_endpoints  to widget_application;
grant select, insert, update         on webhook_deliveries to widget_application;

-- Adds an event to the outbox, once for each endpoint that wants it.
create function add_webhook_event(tenant uuid, event_name text, conversation uuid, lead uuid, content jsonb) returns void
  language sql volatile set search_path = pg_catalog, public, pg_temp as $$
    insert into webhook_deliveries (tenant_id, id, endpoint_id, event, conversation_id, lead_id, data)
    select endpoint.tenant_id, gen_random_uuid(), endpoint.id, event_name, conversation, lead, content
    from webhook_endpoints endpoint
    where endpoint.tenant_id = tenant and endpoint.enabled and event_name = any(endpoint.events)
  $$;

-- Triggers, so that an event is in the outbox if and only if its cause is committed, whichever feature causes it.
create function add_conversation_webhooks() returns trigger
  language plpgsql set search_path = pg_catalog, public, pg_temp as $$
  begin
    perform add_webhook_event(
      new.tenant_id, 'conversation.started', new.id, null,
      jsonb_build_object('conversationId', new.id, 'visitorId', new.visitor_id, 'context', new.context));
    return null;
  end
  $$;
create trigger webhooks after insert on conversations for each row execute function add_conversation_webhooks();

create function add_event_webhooks() returns trigger
  language plpgsql set search_path = pg_catalog, public, pg_temp as $$
  declare
    event_name text := case new.kind
      when 'person_requested' then 'handoff.requested'
      when 'message_rated' then 'answer.rated'
      when 'meeting_booked' then 'meeting.booked'
      when 'meeting_rescheduled' then 'meeting.rescheduled'
      when 'meeting_cancelled' then 'meeting.cancelled'
      else 'question.unanswered'
    end;
    content jsonb := new.data - 'kind' - 'clientId' - 'availability';
  begin
    if new.kind = 'assistant_message' then
      content := jsonb_build_object('messageId', new.data -> 'messageId', 'question', (
        select asked.data -> 'text' from conversation_events asked
        where asked.tenant_id = new.tenant_id and asked.conversation_id = new.conversation_id
          and asked.seq = (new.data ->> 'replyTo')::integer));
    end if;
    perform add_webhook_event(
      new.tenant_id, event_name, new.conversation_id, null,
      content || jsonb_build_object('conversationId', new.conversation_id, 'seq', new.seq));
    return null;
  end
  $$;
create trigger webhooks after insert on conversation_events for each row
  when (
    new.kind in ('person_requested', 'message_rated', 'meeting_booked', 'meeting_rescheduled', 'meeting_cancelled')
    or (new.kind = 'assistant_message' and new.data ->> 'outcome' = 'not_found'))
  execute function add_event_webhooks();

create function add_lead_webhooks() returns trigger
  language plpgsql set search_path = pg_catalog, public, pg_temp as $$
  begin
    perform add_webhook_event(
      new.tenant_id, case tg_op when 'INSERT' then 'lead.created' else 'lead.updated' end, null, new.id,
      (to_jsonb(new) - 'tenant_id' - 'address' - 'created_at') || jsonb_build_object('createdAt', new.created_at));
    return null;
  end
  $$;
create trigger webhooks_of_new after insert on leads for each row execute function add_lead_webhooks();
create trigger webhooks_of_changed after update on leads for each row
  when (old.* is distinct from new.*)
  execute function add_lead_webhooks();

create function add_knowledge_webhooks() returns trigger
  language plpgsql set search_path = pg_catalog, public, pg_temp as $$
  begin
    perform add_webhook_event(
      new.tenant_id, case new.status when 'ready' then 'knowledge.updated' else 'knowledge.failed' end, null, null,
      jsonb_build_object(
        'jobId', new.id, 'sourceId', new.source_id, 'documents', new.total, 'error', new.error));
    return null;
  end
  $$;
create trigger webhooks after update on ingestion_jobs for each row
  when (new.status in ('ready', 'failed') and old.status <> new.status)
  execute function add_knowledge_webhooks();

-- The nodes' way across tenants: takes the message that has been due longest. A message about a conversation waits for the earlier ones
-- to the same endpoint.
create function claim_webhook(worker uuid, lease interval) returns table (tenant_id uuid, id uuid)
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

-- Deletes messages older than 30 days, because they may contain personal data. Returns how many.
create function delete_old_webhooks() returns integer
  language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  declare
    deleted integer;
  begin
    with old as (
      select delivery.tenant_id, delivery.id from webhook_deliveries delivery
      where delivery.created_at < now() - interval '30 days'
      limit 1000
      for update skip locked
    )
    delete from webhook_deliveries delivery using old where delivery.tenant_id = old.tenant_id and delivery.id = old.id;
    get diagnostics deleted = row_count;
    return deleted;
  end
  $$;

revoke execute on function claim_webhook, delete_old_webhooks from public;
grant  execute on function claim_webhook, delete_old_webhooks to widget_application;
