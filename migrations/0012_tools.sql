-- The assistant's tools: every call once, whoever asks twice, and what of the tools is registered at Tavus.

-- A call of a tool by a model. The row is made before the tool runs, so that the same call is not run a second time.
create table tool_calls (
  tenant_id       uuid        not null references tenants on delete cascade,
  call_id         text        not null,                     -- the model's id of the call, within the session or caller it came from
  conversation_id uuid,                                     -- erased with it, since arguments are a visitor's words
  name            text        not null,
  arguments       jsonb       not null,
  state           text        not null check (state in ('running', 'done')),
  success         boolean,
  result          jsonb,
  created_at      timestamptz not null default now(),
  taken_at        timestamptz not null default now(),       -- when the run that is under way began
  finished_at     timestamptz,
  primary key (tenant_id, call_id),
  foreign key (tenant_id, conversation_id) references conversations on delete cascade,
  check ((state = 'done') = (result is not null and success is not null))
);
create index on tool_calls (tenant_id, conversation_id);

-- A tool of a tenant as it is registered at Tavus.
create table tavus_tools (
  tenant_id     uuid        not null references tenants on delete cascade,
  name          text        not null,                       -- ours
  account       text        not null,                       -- at which account: a hash of its key
  registered_as text        not null,                       -- its name there, which no other tenant's tool has
  tavus_tool_id text,                                       -- null until it is known to exist
  digest        text        not null,                       -- of everything that was registered: another digest, another registration
  persona_id    text,                                       -- the persona it is attached to
  token_hash    bytea       unique,                         -- SHA-256 of what its delivery address carries; null when a browser delivers
  updated_at    timestamptz not null default now(),
  primary key (tenant_id, name)
);

do $$
declare
  owned text;
begin
  foreach owned in array array['tool_calls', 'tavus_tools'] loop
    execute format('alter table %I enable row level security', owned);
    execute format('create policy tenant on %I using (tenant_id = (select current_tenant()))', owned);
  end loop;
end
$$;

grant select, insert, update         on tool_calls  to widget_application;
grant select, insert, update, delete on tavus_tools to widget_application;

-- A delivery names nothing but its token.
create function tavus_tool_by_token(token bytea) returns table (tenant_id uuid, name text)
  language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select t.tenant_id, t.name from tavus_tools t where t.token_hash = token
  $$;

revoke execute on function tavus_tool_by_token from public;
grant  execute on function tavus_tool_by_token to widget_application;
