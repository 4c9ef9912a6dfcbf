-- Sentences that were read aloud, so that the next visitor who hears the same is not paid for again.

create table kept_speech (
  tenant_id  uuid        not null references tenants on delete cascade,
  digest     bytea       not null,            -- SHA-256 of provider, endpoint, model, voice and text
  media_type text        not null,
  sound      bytea       not null,
  words      jsonb       not null,            -- when each word is spoken, by its place in the spoken text; [] where that is not known
  bytes      integer     not null check (bytes > 0),
  used_at    timestamptz not null default now(),
  primary key (tenant_id, digest)
);
create index on kept_speech (tenant_id, used_at);
-- It is compressed already.
alter table kept_speech alter column sound set storage external;

alter table kept_speech enable row level security;
create policy tenant on kept_speech using (tenant_id = (select current_tenant()));
grant select, insert, update, delete on kept_speech to widget_application;

-- Characters are counted sentence by sentence, in one row for each answer that is read aloud.
grant update (characters) on usage_records to widget_application;
