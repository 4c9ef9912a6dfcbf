-- What API keys allow, until when, and the log of what staff and programs have changed.

-- Null scopes allow everything, as all keys did before.
alter table api_keys
  add column scopes       text[],
  add column expires_at   timestamptz,
  add column last_used_at timestamptz,
  add constraint api_keys_scopes check (scopes is null or cardinality(scopes) > 0);

drop function tenant_by_api_key(bytea);
create function tenant_by_api_key(wanted bytea)
  returns table (tenant_id uuid, slug text, name text, key_id uuid, key_name text, scopes text[])
  language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select t.tenant_id, t.slug, t.name, k.id, k.name, k.scopes
    from api_keys k join tenants t using (tenant_id)
    where k.hash = wanted and k.revoked_at is null and (k.expires_at is null or k.expires_at > now())
  $$;
revoke execute on function tenant_by_api_key from public;
grant  execute on function tenant_by_api_key to widget_application;

-- Is written before the request runs. The status follows when it has ended; without one, the server stopped in between.
create table audit_entries (
  tenant_id  uuid        not null references tenants on delete cascade,
  id         uuid        not null,
  at         timestamptz not null default now(),
  actor_kind text        not null check (actor_kind in ('member', 'key', 'operator')),
  actor_id   uuid,
  actor      text        not null,
  action     text        not null,
  method     text        not null,
  path       text        not null,
  status     integer,
  primary key (tenant_id, id)
);
create index audit_entries_by_time on audit_entries (tenant_id, at desc, id desc);
alter table audit_entries enable row level security;
create policy tenant on audit_entries using (tenant_id = (select current_tenant()));
grant select, insert on audit_entries to widget_application;
grant update (status) on audit_entries to widget_application;
