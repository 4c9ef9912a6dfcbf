-- Tenants' own models, which they use instead of the installation's.
create table tenant_models (
  tenant_id     uuid        not null references tenants on delete cascade,
  purpose       text        not null check (purpose in ('chat', 'embedding')),
  name          text        not null,            -- identifies endpoint, model and dimensions; vectors are stored under it
  provider      text        not null check (provider in ('openai', 'azure', 'ollama', 'vllm', 'openai_compatible')),
  endpoint      text        not null,
  model         text        not null,
  dimensions    integer,                         -- of an embedding model's vectors
  protected_key text,                            -- encrypted with the key ring, bound to tenant and server; null: the server needs no key
  key_hint      text        not null default '', -- its last characters, so that people recognize it
  updated_at    timestamptz not null default now(),
  replaced_at   timestamptz,                     -- the tenant has another model now, but searches may still use this one's vectors
  primary key (tenant_id, purpose, name)
);
create unique index on tenant_models (tenant_id, purpose) where replaced_at is null;

alter table tenant_models enable row level security;
create policy tenant on tenant_models using (tenant_id = (select current_tenant()));
grant select, insert, update, delete on tenant_models to widget_application;
