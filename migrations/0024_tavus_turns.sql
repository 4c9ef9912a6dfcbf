-- Leases that let one node at a time change a tenant's tools or persona at Tavus. Not locks, because a lock would need a transaction that
-- stays open during the requests to Tavus. If a node dies, its lease expires.
create table tavus_turns (
  tenant_id  uuid        not null references tenants on delete cascade,
  work       text        not null,   -- tools, persona
  owner      uuid        not null,   -- another one for each turn
  expires_at timestamptz not null,
  primary key (tenant_id, work)
);
alter table tavus_turns enable row level security;
create policy tenant on tavus_turns using (tenant_id = (select current_tenant()));
grant select, insert, update, delete on tavus_turns to widget_application;
