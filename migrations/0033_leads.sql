-- Visitors who asked for a person and left an e-mail address: one row for each address.
create table leads (
  tenant_id  uuid        not null references tenants on delete cascade,
  id         uuid        not null,
  address    text        not null,               -- the e-mail address in lower case; identifies the lead
  email      text        not null,               -- as first written
  name       text,
  consent    text,                               -- the sentence that the visitor was shown last
  locale     text,
  created_at timestamptz not null default now(),
  primary key (tenant_id, id)
);
create unique index on leads (tenant_id, address);

-- The conversations in which a lead asked for a person.
create table lead_conversations (
  tenant_id       uuid        not null,
  lead_id         uuid        not null,
  conversation_id uuid        not null,
  created_at      timestamptz not null default now(),
  primary key (tenant_id, lead_id, conversation_id),
  foreign key (tenant_id, lead_id) references leads on delete cascade,
  foreign key (tenant_id, conversation_id) references conversations on delete cascade
);
create index on lead_conversations (tenant_id, conversation_id);

do $$
declare
  owned text;
begin
  foreach owned in array array['leads', 'lead_conversations'] loop
    execute format('alter table %I enable row level security', owned);
    execute format('create policy tenant on %I using (tenant_id = (select current_tenant()))', owned);
  end loop;
end
$$;

grant select, insert, update on leads              to widget_application;
grant select, insert         on lead_conversations to widget_application;
