-- Messages about a lead, about a meeting outside of a conversation and about a source of knowledge arrive in order, too. Before, an older
-- state of a lead could arrive after a newer one, and the receiver kept the old score.
alter table webhook_deliveries add column subject text generated always as
  (coalesce(conversation_id::text, lead_id::text, data ->> 'meetingId', data ->> 'sourceId')) stored;
create index on webhook_deliveries (tenant_id, endpoint_id, subject, position) where delivered_at is null and failed_at is null;
drop index webhook_deliveries_tenant_id_endpoint_id_conversation_id_po_idx;

-- Takes the message that has been due longest. A message waits for the earlier ones to the same endpoint about the same subject, and an
-- endpoint has at most two at once, so that a slow one does not hold up the others.
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
          where d.subject is not null and earlier.tenant_id = d.tenant_id and earlier.endpoint_id = d.endpoint_id
            and earlier.subject = d.subject and earlier.position < d.position
            and earlier.delivered_at is null and earlier.failed_at is null)
      order by d.due_at, d.position
      for update of d skip locked
      limit 1
    ) due
    where delivery.tenant_id = due.tenant_id and delivery.id = due.id
    returning delivery.tenant_id, delivery.id;
  end
  $$;
