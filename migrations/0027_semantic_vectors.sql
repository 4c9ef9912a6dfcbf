-- Vectors of the local sentence models, beside those of the model that serves a tenant. They are computed after the passages are stored.

-- Tenants with passages that lack them.
create table semantic_backlogs (
  tenant_id   uuid        not null primary key references tenants on delete cascade,
  retry_at    timestamptz not null default now(),
  lease_owner uuid,
  lease_until timestamptz
);
alter table semantic_backlogs enable row level security;
create policy tenant on semantic_backlogs using (tenant_id = (select current_tenant()));
grant select, insert, update, delete on semantic_backlogs to widget_application;

insert into semantic_backlogs (tenant_id) select tenant_id from knowledge_statistics where chunk_count > 0;

-- A trigger, because nodes of the former version write passages during a rolling upgrade, and know nothing of this table.
create function note_semantic_backlog() returns trigger
  language plpgsql set search_path = pg_catalog, public, pg_temp as $$
  begin
    insert into semantic_backlogs (tenant_id) select distinct tenant_id from added on conflict do nothing;
    return null;
  end
  $$;

create trigger chunks_added after insert on chunks
  referencing new table as added for each statement execute function note_semantic_backlog();

-- The model for whose semantic vectors a large tenant has an approximate index; null: its passages are scanned.
alter table knowledge_statistics add column semantic_indexed_model text;

-- The worker's way across tenants: takes the backlog that has been due longest.
create function claim_semantic_backlog(worker uuid, lease interval) returns table (tenant_id uuid)
  language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
    update semantic_backlogs backlog
    set lease_owner = worker, lease_until = now() + lease
    from (
      select b.tenant_id from semantic_backlogs b
      where b.retry_at <= now() and (b.lease_until is null or b.lease_until <= now())
      order by b.retry_at
      for update skip locked
      limit 1
    ) due
    where backlog.tenant_id = due.tenant_id
    returning backlog.tenant_id
  $$;

revoke execute on function claim_semantic_backlog from public;
grant  execute on function claim_semantic_backlog to widget_application;
