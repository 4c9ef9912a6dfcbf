-- Tenants, who may act for them, and the rule that no tenant sees another's rows.
--
-- Two roles. The owner runs these migrations. The application logs in as a member of widget_application, which owns
-- nothing and cannot bypass row-level security. Each tenant-owned table carries tenant_id, has row-level security on,
-- and one policy: the row's tenant is the transaction's (app.tenant_id, set with set_config(…, true)).
-- Without a tenant, every such table is empty.
--
-- What must look across tenants is a function that runs as the owner, answers one question, and looks for names in temporary schemas
-- last: otherwise whoever may create a temporary table could put one in the place of ours.

create extension if not exists vector;

do $$
begin
  create role widget_application nologin;
exception
  when duplicate_object or unique_violation then null; -- roles belong to the cluster; another database made it
end
$$;

grant usage on schema public to widget_application;

-- The tenant of the running transaction, or null. Policies call it in a subselect, so that it runs once a statement.
create function current_tenant() returns uuid
  language sql stable parallel safe
  return nullif(current_setting('app.tenant_id', true), '')::uuid;

create table tenants (
  tenant_id  uuid        not null primary key,
  slug       text        not null unique check (slug ~ '^[a-z0-9](-?[a-z0-9]){1,62}$'),
  name       text        not null check (length(name) between 1 and 200),
  created_at timestamptz not null default now()
);

create table tenant_settings (
  tenant_id  uuid        not null primary key references tenants on delete cascade,
  settings   jsonb       not null,
  updated_at timestamptz not null default now()
);

-- Public: stands in the customer's page, so it allows only what a visitor may do.
create table site_keys (
  tenant_id  uuid        not null references tenants on delete cascade,
  key        text        not null primary key check (key ~ '^pk_[A-Za-z0-9_-]{20,}$'),
  created_at timestamptz not null default now(),
  revoked_at timestamptz
);

-- Secret: only its SHA-256 is kept.
create table api_keys (
  tenant_id  uuid        not null references tenants on delete cascade,
  id         uuid        not null,
  name       text        not null,
  prefix     text        not null,
  hash       bytea       not null unique,
  created_at timestamptz not null default now(),
  revoked_at timestamptz,
  primary key (tenant_id, id)
);

create table allowed_origins (
  tenant_id uuid not null references tenants on delete cascade,
  origin    text not null check (origin ~ '^https?://[^/ ]+$'),
  primary key (tenant_id, origin)
);

create table members (
  tenant_id  uuid        not null references tenants on delete cascade,
  id         uuid        not null,
  email      text        not null check (email = lower(email) and email like '%_@_%'),
  name       text        not null default '',
  role       text        not null check (role in ('owner', 'admin', 'rep', 'viewer')),
  created_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, email)
);

-- ASP.NET Core's key ring, which signs visitors' tokens; the installation's, not a tenant's.
create table data_protection_keys (
  name       text        not null primary key,
  xml        text        not null,
  created_at timestamptz not null default now()
);

alter table tenants         enable row level security;
alter table tenant_settings enable row level security;
alter table site_keys       enable row level security;
alter table api_keys        enable row level security;
alter table allowed_origins enable row level security;
alter table members         enable row level security;

create policy tenant on tenants         using (tenant_id = (select current_tenant()));
create policy tenant on tenant_settings using (tenant_id = (select current_tenant()));
create policy tenant on site_keys       using (tenant_id = (select current_tenant()));
create policy tenant on api_keys        using (tenant_id = (select current_tenant()));
create policy tenant on allowed_origins using (tenant_id = (select current_tenant()));
create policy tenant on members         using (tenant_id = (select current_tenant()));

-- Tenants are made and ended by the operator, who works as the owner.
grant select, update                 on tenants              to widget_application;
grant select, insert, update         on tenant_settings      to widget_application;
grant select, insert, update         on site_keys            to widget_application;
grant select, insert, update         on api_keys             to widget_application;
grant select, insert, update, delete on allowed_origins      to widget_application;
grant select, insert, update, delete on members              to widget_application;
grant select, insert                 on data_protection_keys to widget_application;
grant select                         on migrations           to widget_application; -- readiness: is the schema current?

-- Finding a tenant before there is one to act for: the only ways across tenants, each answering one question.

create function tenant_by_id(id uuid) returns table (tenant_id uuid, slug text, name text)
  language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select t.tenant_id, t.slug, t.name from tenants t where t.tenant_id = id
  $$;

create function tenant_by_slug(wanted text) returns table (tenant_id uuid, slug text, name text)
  language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select t.tenant_id, t.slug, t.name from tenants t where t.slug = wanted
  $$;

create function tenant_by_site_key(wanted text) returns table (tenant_id uuid, slug text, name text)
  language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select t.tenant_id, t.slug, t.name
    from site_keys k join tenants t using (tenant_id)
    where k.key = wanted and k.revoked_at is null
  $$;

create function tenant_by_api_key(wanted bytea) returns table (tenant_id uuid, slug text, name text)
  language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select t.tenant_id, t.slug, t.name
    from api_keys k join tenants t using (tenant_id)
    where k.hash = wanted and k.revoked_at is null
  $$;

revoke execute on function tenant_by_id, tenant_by_slug, tenant_by_site_key, tenant_by_api_key from public;
grant  execute on function tenant_by_id, tenant_by_slug, tenant_by_site_key, tenant_by_api_key to widget_application;
