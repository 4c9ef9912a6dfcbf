-- How long a tenant keeps what visitors leave behind, and the right to delete it.

create table privacy_settings (
  tenant_id             uuid        primary key references tenants on delete cascade,
  conversation_days     integer     check (conversation_days between 1 and 3650), -- null: kept for good
  lead_days             integer     check (lead_days between 1 and 3650),         -- since the last activity; null: kept for good
  deleted_conversations bigint      not null default 0,
  deleted_leads         bigint      not null default 0,
  ran_at                timestamptz,
  due_at                timestamptz,                  -- when the worker looks again; null if nothing is limited
  lease_owner           uuid,
  lease_until           timestamptz
);
create index on privacy_settings (due_at) where due_at is not null;
alter table privacy_settings enable row level security;
create policy tenant on privacy_settings using (tenant_id = (select current_tenant()));
grant select, insert, update on privacy_settings to widget_application;

-- The rest follows by the foreign keys: events, files, e-mails, tool calls, counts, and leads without another conversation.
grant delete on conversations, visitors to widget_application;
grant delete on meetings to widget_application;

-- For old conversations first. When a conversation began never changes, so this costs its later updates nothing.
create index conversations_by_age on conversations (tenant_id, created_at);

create function claim_retention(worker uuid, lease interval) returns table (tenant_id uuid)
  language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  #variable_conflict use_column
  begin
    return query update privacy_settings settings
    set lease_owner = worker, lease_until = clock_timestamp() + lease
    from (
      select s.tenant_id from privacy_settings s
      where s.due_at <= clock_timestamp() and (s.lease_until is null or s.lease_until <= clock_timestamp())
      order by s.due_at
      for update skip locked
      limit 1
    ) due
    where settings.tenant_id = due.tenant_id
    returning settings.tenant_id;
  end
  $$;
revoke execute on function claim_retention from public;
grant  execute on function claim_retention to widget_application;

select guard_tenant_tables();
