-- Voice calls: a visitor's realtime conversation with a model, which the server holds the other line of.

create table voice_sessions (
  tenant_id        uuid        not null,
  id               uuid        not null,
  conversation_id  uuid        not null,            -- the thread it belongs to
  visitor_id       uuid        not null,
  client_id        text        not null,            -- the caller's own id: asking twice opens one session
  state            text        not null check (state in ('creating', 'live', 'ending', 'ended', 'failed')),
  protocol         text        not null,
  endpoint         text        not null,
  account          text        not null,            -- which account at the provider: a hash of its key
  model            text        not null,
  plan             jsonb       not null,            -- what the provider was told, to hold what it says later against it
  call_id          text,                            -- the provider's; null until it has answered
  watched          boolean     not null,            -- a page gives signs of life
  reserved_seconds integer     not null check (reserved_seconds > 0), -- of the tenant's budget, until it is known what was used
  continues        uuid,                            -- the call whose provider's limit was reached
  created_at       timestamptz not null default now(),
  opened_at        timestamptz,
  attached_at      timestamptz,                     -- when a line to it first stood, and it was told what it begins with
  seen_at          timestamptz not null default now(), -- the visitor's page's last sign of life
  ended_at         timestamptz,
  end_reason       text,
  seconds          integer,
  usage            jsonb       not null default '{}', -- the provider's own figures, added up
  next_check_at    timestamptz default now(),       -- when a node that does not hold it is to look; null: there is nothing left to see to
  lease_owner      uuid,
  lease_until      timestamptz,
  primary key (tenant_id, id),
  unique (tenant_id, conversation_id, client_id),
  foreign key (tenant_id, conversation_id) references conversations on delete cascade
);
create index on voice_sessions (next_check_at) where next_check_at is not null;
create index on voice_sessions (tenant_id, conversation_id);

alter table voice_sessions enable row level security;
create policy tenant on voice_sessions using (tenant_id = (select current_tenant()));
grant select, insert, update on voice_sessions to widget_application;

-- The keepers' way across tenants: takes calls that no living node holds, for as long as a lease lasts.
create function claim_voice_sessions(node uuid, lease interval, most integer) returns table (tenant_id uuid, id uuid)
  language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
    update voice_sessions session
    set lease_owner = node, lease_until = clock_timestamp() + lease
    from (
      select s.tenant_id, s.id from voice_sessions s
      where s.next_check_at <= clock_timestamp() and (s.lease_until is null or s.lease_until < clock_timestamp())
      order by s.next_check_at
      for update skip locked
      limit most
    ) due
    where session.tenant_id = due.tenant_id and session.id = due.id
    returning session.tenant_id, session.id
  $$;
revoke execute on function claim_voice_sessions from public;
grant  execute on function claim_voice_sessions to widget_application;

-- Voice is counted by its time, what is read aloud by its characters, what is written down by its time.
alter table usage_records drop constraint usage_records_kind_check;
alter table usage_records add constraint usage_records_kind_check check (kind in ('video', 'voice', 'speech', 'transcription'));
alter table usage_records add column characters bigint not null default 0 check (characters >= 0);
