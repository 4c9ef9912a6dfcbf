-- Messages and model tokens, in addition to minutes and characters. Each is counted exactly once, from the provider's own usage figures.

alter table usage_records drop constraint usage_records_kind_check;
alter table usage_records add constraint usage_records_kind_check
  check (kind in ('video', 'voice', 'speech', 'transcription', 'answer', 'completion', 'evaluation'));
alter table usage_records
  add column model            text   not null default '',                              -- whose price counts; '' where no model was asked
  add column input_tokens     bigint not null default 0 check (input_tokens >= 0),
  add column output_tokens    bigint not null default 0 check (output_tokens >= 0),
  add column estimated_tokens bigint not null default 0 check (estimated_tokens >= 0); -- of these, estimates where the provider reported no usage
-- A month is added up from the index alone.
create index on usage_records (tenant_id, at) include (kind, model, seconds, characters, input_tokens, output_tokens, estimated_tokens);

-- Warnings already logged this month, so that each is logged only once.
create table usage_warnings (
  tenant_id uuid        not null references tenants on delete cascade,
  month     date        not null,
  ceiling   text        not null,
  state     text        not null check (state in ('warning', 'reached', 'price_unknown')),
  at        timestamptz not null default now(),
  primary key (tenant_id, month, ceiling, state)
);

alter table usage_warnings enable row level security;
create policy tenant on usage_warnings using (tenant_id = (select current_tenant()));
grant select, insert on usage_warnings to widget_application;
