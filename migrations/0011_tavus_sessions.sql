-- Video sessions: a visitor's call with the avatar, which is a conversation at Tavus that costs money until it is ended.

create table tavus_sessions (
  tenant_id             uuid        not null,
  id                    uuid        not null,
  conversation_id       uuid        not null,            -- ours: the thread it belongs to
  visitor_id            uuid        not null,
  client_id             text        not null,            -- the caller's own id: asking twice opens one session
  state                 text        not null check (state in ('queued', 'creating', 'waiting', 'live', 'ending', 'ended', 'failed')),
  account               text        not null,            -- which account at Tavus: a hash of its key; slots are the account's
  replica_id            text        not null,
  persona_id            text,
  wish                  jsonb       not null,            -- page and language, for the creation that comes when a slot is free
  watched               boolean     not null,            -- a page gives signs of life; without one, Tavus's own limits end it
  reserved_seconds      integer     not null check (reserved_seconds > 0), -- of the tenant's budget, until it is known what was used
  name                  text        not null unique,     -- the conversation's at Tavus: finds one whose creation was not heard of
  asked_at              timestamptz,                     -- when Tavus was last asked to open it
  tavus_conversation_id text        unique,
  conversation_url      text,
  meeting_token         text,
  callback_token        bytea       not null unique,     -- SHA-256 of what its callback address carries
  created_at            timestamptz not null default now(),
  queued_at             timestamptz,                     -- since when it waits for a slot
  opened_at             timestamptz,                     -- the conversation exists at Tavus, and costs
  joined_at             timestamptz,                     -- the avatar is there
  seen_at               timestamptz not null default now(), -- the visitor's page's last sign of life
  ended_at              timestamptz,
  end_reason            text,                            -- ours, one of a few words
  shutdown_reason       text,                            -- Tavus's own words
  seconds               integer,
  recording             jsonb,
  perception            text,
  transcribed_at        timestamptz,
  next_check_at         timestamptz default now(),       -- when to look at it again; null: there is nothing left to see to
  lease_owner           uuid,
  lease_until           timestamptz,
  primary key (tenant_id, id),
  unique (tenant_id, conversation_id, client_id),
  foreign key (tenant_id, conversation_id) references conversations on delete cascade
);
create index on tavus_sessions (next_check_at) where next_check_at is not null;
create index on tavus_sessions (account, created_at) where state in ('queued', 'creating');
create index on tavus_sessions (tenant_id, conversation_id);

-- What Tavus has called back with. The same event twice is one.
create table tavus_callbacks (
  tenant_id   uuid        not null,
  session_id  uuid        not null,
  digest      bytea       not null,                      -- of the event's type and properties
  event_type  text        not null,
  body        jsonb       not null,
  received_at timestamptz not null default now(),
  handled_at  timestamptz,
  primary key (tenant_id, session_id, digest),
  foreign key (tenant_id, session_id) references tavus_sessions on delete cascade
);

do $$
declare
  owned text;
begin
  foreach owned in array array['tavus_sessions', 'tavus_callbacks'] loop
    execute format('alter table %I enable row level security', owned);
    execute format('create policy tenant on %I using (tenant_id = (select current_tenant()))', owned);
    execute format('grant select, insert, update on %I to widget_application', owned);
  end loop;
end
$$;

-- A callback names nothing but its token.
create function tavus_session_by_callback(token bytea) returns table (tenant_id uuid, id uuid)
  language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select s.tenant_id, s.id from tavus_sessions s where s.callback_token = token
  $$;

-- The keepers' way across tenants: takes sessions whose time to be looked at has come, for as long as a lease lasts.
create function claim_tavus_sessions(node uuid, lease interval, most integer) returns table (tenant_id uuid, id uuid)
  language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
    update tavus_sessions session
    set lease_owner = node, lease_until = clock_timestamp() + lease
    from (
      select s.tenant_id, s.id from tavus_sessions s
      where s.next_check_at <= clock_timestamp() and (s.lease_until is null or s.lease_until < clock_timestamp())
      order by s.next_check_at
      for update skip locked
      limit most
    ) due
    where session.tenant_id = due.tenant_id and session.id = due.id
    returning session.tenant_id, session.id
  $$;

-- A place in the line for a slot: slots are the account's, and several tenants may share one.
create function tavus_queue_position(of_account text, since timestamptz, session uuid) returns integer
  language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select count(*)::integer from tavus_sessions s
    where s.account = of_account and (s.created_at, s.id) <= (since, session)
      and (s.state = 'queued' or (s.state = 'creating' and s.queued_at is not null))
  $$;

revoke execute on function tavus_session_by_callback, claim_tavus_sessions, tavus_queue_position from public;
grant  execute on function tavus_session_by_callback, claim_tavus_sessions, tavus_queue_position to widget_application;
