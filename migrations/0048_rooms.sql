-- Calls between people: rooms with their log, recordings, and rooms at LiveKit.

create table rooms (
  tenant_id         uuid        not null references tenants on delete cascade,
  id                text        not null,
  name              text,
  companion_id      text,                                -- the agent, as the caller sent it
  user_id           text,                                -- the person, as the caller sent it
  sent_expiry       text,                                -- expiresAt as the caller wrote it
  conversation_id   uuid,                                -- the visitor's conversation, if the call belongs to one
  visitor_id        uuid,                                -- the visitor who is invited, or who opened the room
  opened_by_visitor boolean     not null default false,
  rep_id            uuid,                                -- who started the call
  host_name         text,
  waiting_room      boolean     not null,
  max_participants  integer     not null check (max_participants between 2 and 100),
  transport         text        not null default 'peer' check (transport in ('peer', 'livekit')),
  last_seq          integer     not null default 0,
  created_at        timestamptz not null default now(),
  expires_at        timestamptz not null,
  ended_at          timestamptz,
  end_reason        text,
  used_at           timestamptz,                         -- when the first person came in
  emptied_at        timestamptz,                         -- when the last person left; null while somebody is in
  avatar_wanted     boolean     not null default false,
  avatar_name       text,
  avatar_number     integer     not null default 0,      -- which of the avatar's calls is the current one
  avatar_call       text,                                -- the current call: a video session, or LiveKit's dispatch
  due_at            timestamptz,                         -- when a node looks at it; null if there is nothing to do
  lease_owner       uuid,
  lease_until       timestamptz,
  primary key (tenant_id, id),
  -- The row stays until a node has removed the files of its recordings; see forget_room.
  foreign key (tenant_id, conversation_id) references conversations on delete set null (conversation_id),
  foreign key (tenant_id, visitor_id) references visitors on delete set null (visitor_id),
  foreign key (tenant_id, rep_id) references reps
);
create index on rooms (tenant_id, created_at desc, id);
create index on rooms (tenant_id, conversation_id) where conversation_id is not null;
create index on rooms (due_at) where due_at is not null;

-- Each event has the complete subject after it, so the state is the latest event of each subject.
create table room_events (
  tenant_id  uuid        not null,
  room_id    text        not null,
  seq        integer     not null,
  id         uuid        not null,
  subject    text        not null,                       -- room, chat or a participant's id
  data       jsonb       not null,
  primary key (tenant_id, room_id, seq),
  unique (tenant_id, room_id, id),
  foreign key (tenant_id, room_id) references rooms on delete cascade
);
create index on room_events (tenant_id, room_id, subject, seq desc);

-- The connections of participants, whichever node they are on. A node that dies stops renewing them.
create table room_connections (
  tenant_id      uuid        not null,
  id             uuid        not null,
  room_id        text        not null,
  participant_id uuid        not null,
  seen_at        timestamptz not null default now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, room_id) references rooms on delete cascade
);
create index on room_connections (tenant_id, room_id);

-- Signals to participants on other nodes, for the seconds until they are read: notifications are limited to 8,000 bytes.
create table room_signals (
  tenant_id  uuid        not null,
  id         uuid        not null,
  room_id    text        not null,
  data       jsonb       not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, room_id) references rooms on delete cascade
);
create index on room_signals (created_at);

create table recordings (
  tenant_id       uuid        not null,
  id              uuid        not null,
  room_id         text        not null,
  started_by      uuid        not null,                  -- the participant whose page records
  state           text        not null check (state in ('waiting_for_consent', 'recording', 'paused', 'finished', 'failed')),
  content_type    text        not null,
  store           text        not null,                  -- disk or s3
  bytes           bigint      not null default 0,
  chunks          integer     not null default 0,
  final_bytes     bigint,                                -- size of the finished file; null while there are only chunks
  seconds         double precision,
  created_at      timestamptz not null default now(),
  started_at      timestamptz,
  chunk_at        timestamptz,                           -- when the last chunk arrived
  finished_at     timestamptz,
  finish_reason   text,                                  -- stopped, interrupted, declined, failed
  delete_at       timestamptz,                           -- retention
  transcript      text,
  transcript_state text       not null default 'none' check (transcript_state in ('none', 'pending', 'ready', 'failed')),
  deleted_at      timestamptz,                           -- the files are removed afterwards
  due_at          timestamptz,
  lease_owner     uuid,
  lease_until     timestamptz,
  primary key (tenant_id, id),
  foreign key (tenant_id, room_id) references rooms on delete cascade
);
create index on recordings (tenant_id, room_id);
create index on recordings (tenant_id, created_at desc, id);
create index on recordings (due_at) where due_at is not null;

create table recording_chunks (
  tenant_id    uuid        not null,
  recording_id uuid        not null,
  number       integer     not null check (number >= 0),
  bytes        integer     not null,
  sha256       bytea       not null,
  created_at   timestamptz not null default now(),
  primary key (tenant_id, recording_id, number),
  foreign key (tenant_id, recording_id) references recordings on delete cascade
);

-- People and agents in rooms at LiveKit, as its webhooks and its list tell. Webhooks come in any order, so each session has its own row.
create table livekit_sessions (
  tenant_id  uuid        not null,
  room_id    text        not null,
  sid        text        not null,                       -- LiveKit's id of one stay of a participant
  identity   text        not null,
  name       text,
  is_agent   boolean     not null default false,
  joined_at  timestamptz,
  left_at    timestamptz,
  primary key (tenant_id, room_id, sid),
  foreign key (tenant_id, room_id) references rooms on delete cascade
);

-- Webhooks that were handled, so that a repeated one changes nothing.
create table livekit_webhooks (
  tenant_id   uuid        not null references tenants on delete cascade,
  id          text        not null,
  received_at timestamptz not null default now(),
  primary key (tenant_id, id)
);

do $$
declare
  owned text;
begin
  foreach owned in array array['rooms', 'room_events', 'room_connections', 'room_signals', 'recordings', 'recording_chunks',
      'livekit_sessions', 'livekit_webhooks'] loop
    execute format('alter table %I enable row level security', owned);
    execute format('create policy tenant on %I using (tenant_id = (select current_tenant()))', owned);
  end loop;
end
$$;

grant select, insert, update         on rooms, recordings to widget_application;
grant select, insert                 on room_events to widget_application;
grant select, insert, update, delete on room_connections, room_signals, recording_chunks, livekit_sessions, livekit_webhooks
  to widget_application;

-- When a conversation or a visitor is deleted, nothing of their calls stays.
create function forget_room() returns trigger
  language plpgsql set search_path = pg_catalog, public, pg_temp as $$
  begin
    delete from room_events where tenant_id = new.tenant_id and room_id = new.id;
    delete from livekit_sessions where tenant_id = new.tenant_id and room_id = new.id;
    update recordings set state = case state when 'finished' then state else 'failed' end, transcript = null,
      deleted_at = coalesce(deleted_at, clock_timestamp()), due_at = clock_timestamp()
    where tenant_id = new.tenant_id and room_id = new.id;
    update rooms set ended_at = coalesce(ended_at, clock_timestamp()), name = null, host_name = null, user_id = null,
      avatar_wanted = false, due_at = clock_timestamp()
    where tenant_id = new.tenant_id and id = new.id;
    return null;
  end
  $$;
create trigger forgotten_rooms after update of conversation_id, visitor_id on rooms for each row
  when ((old.conversation_id is not null and new.conversation_id is null) or (old.visitor_id is not null and new.visitor_id is null))
  execute function forget_room();

-- The nodes' ways across tenants.
create function claim_room(worker uuid, lease interval) returns table (tenant_id uuid, id text)
  language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  #variable_conflict use_column
  begin
    return query update rooms room
    set lease_owner = worker, lease_until = clock_timestamp() + lease
    from (
      select r.tenant_id, r.id from rooms r
      where r.due_at <= clock_timestamp() and (r.lease_until is null or r.lease_until <= clock_timestamp())
      order by r.due_at
      for update skip locked
      limit 1
    ) due
    where room.tenant_id = due.tenant_id and room.id = due.id
    returning room.tenant_id, room.id;
  end
  $$;

create function claim_recording(worker uuid, lease interval) returns table (tenant_id uuid, id uuid)
  language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  #variable_conflict use_column
  begin
    return query update recordings recording
    set lease_owner = worker, lease_until = clock_timestamp() + lease
    from (
      select r.tenant_id, r.id from recordings r
      where r.due_at <= clock_timestamp() and (r.lease_until is null or r.lease_until <= clock_timestamp())
      order by r.due_at
      for update skip locked
      limit 1
    ) due
    where recording.tenant_id = due.tenant_id and recording.id = due.id
    returning recording.tenant_id, recording.id;
  end
  $$;

-- Renews a node's connections, and deletes signals that nobody has read.
create function renew_room_connections(connections uuid[]) returns integer
  language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  declare
    renewed integer;
  begin
    update room_connections connection set seen_at = clock_timestamp() where connection.id = any(connections);
    get diagnostics renewed = row_count;
    delete from room_signals signal where signal.created_at < clock_timestamp() - interval '1 minute';
    return renewed;
  end
  $$;

revoke execute on function claim_room, claim_recording, renew_room_connections from public;
grant  execute on function claim_room, claim_recording, renew_room_connections to widget_application;
