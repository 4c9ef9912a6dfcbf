-- What the tenant's products and services cost, as the assistant may tell visitors.
create table prices (
  tenant_id   uuid           not null references tenants on delete cascade,
  id          uuid           not null,
  name        text           not null,
  description text           not null,
  amount      numeric(12, 2),                     -- null: on request
  currency    text,                               -- ISO 4217; null without an amount
  per         text,                               -- such as "month"; null for a single payment
  conditions  text,
  url         text,
  language    text,                               -- ISO 639-1; null for all languages
  tags        text[]         not null,
  updated_at  timestamptz    not null default now(),
  primary key (tenant_id, id)
);

-- A tool that a tenant runs on a server of its own.
create table http_tools (
  tenant_id        uuid        not null references tenants on delete cascade,
  id               uuid        not null,
  name             text        not null,
  description      text        not null,
  parameters       jsonb       not null,          -- JSON Schema of the arguments
  url              text        not null,
  secret           text        not null,          -- encrypted
  old_secret       text,                          -- encrypted; calls are signed with it, too, until old_secret_until
  old_secret_until timestamptz,
  has_effects      boolean     not null,
  enabled          boolean     not null,
  created_at       timestamptz not null default now(),
  updated_at       timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, name)
);

-- A server of the Model Context Protocol whose tools the assistant may use.
create table mcp_servers (
  tenant_id  uuid        not null references tenants on delete cascade,
  id         uuid        not null,
  name       text        not null,
  url        text        not null,
  headers    text,                                -- JSON object, encrypted; null for none
  created_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, name)
);

-- The tools of a server that the tenant has chosen, as the server described them then.
create table mcp_tools (
  tenant_id   uuid    not null,
  server_id   uuid    not null,
  name        text    not null,                   -- the server's own
  alias       text    not null,                   -- ours, which models use
  description text    not null,
  parameters  jsonb   not null,
  has_effects boolean not null,
  primary key (tenant_id, server_id, name),
  unique (tenant_id, alias),
  foreign key (tenant_id, server_id) references mcp_servers on delete cascade
);

do $$
declare
  owned text;
begin
  foreach owned in array array['prices', 'http_tools', 'mcp_servers', 'mcp_tools'] loop
    execute format('alter table %I enable row level security', owned);
    execute format('create policy tenant on %I using (tenant_id = (select current_tenant()))', owned);
  end loop;
end
$$;

grant select, insert, update, delete on prices, http_tools, mcp_servers, mcp_tools to widget_application;

-- The audit lists calls in their order and says how each arrived.
alter table tool_calls
  add column position bigint generated always as identity,
  add column channel text;
create index on tool_calls (tenant_id, position desc);
