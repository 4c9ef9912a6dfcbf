-- The web sites on which a tenant's tag was seen lately. Only sites and addresses without a query: nothing says who the visitor was.
create table installations (
  tenant_id     uuid        not null references tenants on delete cascade,
  origin        text        not null,
  page          text,                              -- where the chat was last opened; null until a visitor has opened it
  first_seen_at timestamptz not null default now(),
  seen_at       timestamptz not null default now(),
  opened_at     timestamptz,                       -- when a visitor last opened the chat there
  primary key (tenant_id, origin)
);
alter table installations enable row level security;
create policy tenant on installations using (tenant_id = (select current_tenant()));
grant select, insert, update, delete on installations to widget_application;

select guard_tenant_tables();
