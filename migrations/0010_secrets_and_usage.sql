-- What a tenant keeps secret (keys of its own at other services), and what it has used of what costs money by the minute.

create table tenant_secrets (
  tenant_id  uuid        not null references tenants on delete cascade,
  name       text        not null,
  protected  text        not null,            -- encrypted with the installation's key ring, bound to tenant and name
  hint       text        not null default '', -- its last characters, for a person to recognise it by
  updated_at timestamptz not null default now(),
  primary key (tenant_id, name)
);

-- One row for one thing that was used: a session's minutes are counted once, whoever counts them.
create table usage_records (
  tenant_id       uuid        not null references tenants on delete cascade,
  kind            text        not null check (kind in ('video')),
  reference       uuid        not null,       -- the session
  conversation_id uuid,
  seconds         integer     not null check (seconds >= 0),
  at              timestamptz not null default now(),
  primary key (tenant_id, kind, reference)
);
create index on usage_records (tenant_id, kind, at);

do $$
declare
  owned text;
begin
  foreach owned in array array['tenant_secrets', 'usage_records'] loop
    execute format('alter table %I enable row level security', owned);
    execute format('create policy tenant on %I using (tenant_id = (select current_tenant()))', owned);
  end loop;
end
$$;

grant select, insert, update, delete on tenant_secrets to widget_application;
grant select, insert                 on usage_records  to widget_application;
