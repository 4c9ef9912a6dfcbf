-- How often visitors were shown a proactive message, and what they did. Counts only: nothing says who the visitor was.
create table trigger_counts (
  tenant_id  uuid    not null references tenants on delete cascade,
  trigger_id text    not null,
  variant    text    not null,
  day        date    not null,              -- UTC
  shown      integer not null default 0,
  opened     integer not null default 0,    -- the panel was opened from it
  closed     integer not null default 0,    -- it was closed
  primary key (tenant_id, trigger_id, variant, day)
);
alter table trigger_counts enable row level security;
create policy tenant on trigger_counts using (tenant_id = (select current_tenant()));
grant select, insert, update on trigger_counts to widget_application;
