-- Meetings: the people that visitors can meet, when these are busy elsewhere, and what is booked.

-- Lets an exclusion constraint compare ids with "=". The extension is trusted, so the owner of a database may create it.
create extension if not exists btree_gist;

-- A removed rep stays for the sake of past meetings, without its address.
create table reps (
  tenant_id        uuid        not null references tenants on delete cascade,
  id               uuid        not null,
  name             text        not null,
  email            text        not null,
  time_zone        text        not null,               -- IANA id
  hours            jsonb,                              -- null until they are set
  last_assigned_at timestamptz,                        -- when the rep last got a meeting that any rep could have taken
  removed_at       timestamptz,
  created_at       timestamptz not null default now(),
  primary key (tenant_id, id)
);

-- The calendar feed of a rep. Until it has been read, and when it was not read for a day, the rep has no free times.
create table busy_feeds (
  tenant_id   uuid        not null,
  rep_id      uuid        not null,
  url         text        not null,                    -- encrypted
  read_at     timestamptz,                             -- the last time without an error
  error       text,                                    -- of the last attempt
  failures    integer     not null default 0,          -- in a row
  due_at      timestamptz not null default now(),
  lease_owner uuid,
  lease_until timestamptz,
  primary key (tenant_id, rep_id),
  foreign key (tenant_id, rep_id) references reps on delete cascade
);
create index on busy_feeds (due_at);

-- When a rep is busy, from the feed. The intervals of a rep do not overlap.
create table busy_times (
  tenant_id uuid        not null,
  rep_id    uuid        not null,
  starts_at timestamptz not null,
  ends_at   timestamptz not null,
  primary key (tenant_id, rep_id, starts_at),
  foreign key (tenant_id, rep_id) references busy_feeds on delete cascade
);

create table meetings (
  tenant_id       uuid        not null references tenants on delete cascade,
  id              uuid        not null,
  rep_id          uuid        not null,
  starts_at       timestamptz not null,
  ends_at         timestamptz not null,
  state           text        not null default 'booked' check (state in ('booked', 'cancelled')),
  conversation_id uuid,                                -- null if a program booked it
  name            text,
  email           text        not null,
  phone           text,
  note            text,
  time_zone       text        not null,                -- of the person who meets the rep
  locale          text,
  sequence        integer     not null default 0,      -- grows with each change, as SEQUENCE of the invitation
  booking_key     text        not null,                -- the requester's own id, so that a repeated request books nothing more
  requested_start timestamptz not null,                -- as it was first booked
  created_at      timestamptz not null default now(),
  cancelled_at    timestamptz,
  primary key (tenant_id, id),
  unique (tenant_id, booking_key),
  foreign key (tenant_id, rep_id) references reps,
  foreign key (tenant_id, conversation_id) references conversations on delete cascade,
  constraint meetings_end check (ends_at > starts_at),
  -- Whatever the application believes: a rep has one meeting at a time.
  constraint meetings_once exclude using gist (tenant_id with =, rep_id with =, tstzrange(starts_at, ends_at) with &&)
    where (state = 'booked')
);
create index on meetings (tenant_id, starts_at, id);
create index on meetings (tenant_id, conversation_id) where conversation_id is not null;

do $$
declare
  owned text;
begin
  foreach owned in array array['reps', 'busy_feeds', 'busy_times', 'meetings'] loop
    execute format('alter table %I enable row level security', owned);
    execute format('create policy tenant on %I using (tenant_id = (select current_tenant()))', owned);
  end loop;
end
$$;

grant select, insert, update         on reps, meetings          to widget_application;
grant select, insert, update, delete on busy_feeds, busy_times  to widget_application;

-- The nodes' way across tenants: takes the feed that has been due longest.
create function claim_busy_feed(worker uuid, lease interval) returns table (tenant_id uuid, rep_id uuid)
  language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  #variable_conflict use_column
  begin
    return query update busy_feeds feed
    set lease_owner = worker, lease_until = clock_timestamp() + lease
    from (
      select f.tenant_id, f.rep_id from busy_feeds f
      where f.due_at <= clock_timestamp() and (f.lease_until is null or f.lease_until <= clock_timestamp())
      order by f.due_at
      for update skip locked
      limit 1
    ) due
    where feed.tenant_id = due.tenant_id and feed.rep_id = due.rep_id
    returning feed.tenant_id, feed.rep_id;
  end
  $$;
revoke execute on function claim_busy_feed from public;
grant  execute on function claim_busy_feed to widget_application;

-- E-mails that carry an invitation, and whom to reply to.
alter table mail_outbox
  add column reply_to        text,
  add column calendar        text,                     -- an iCalendar object
  add column calendar_method text;                     -- REQUEST or CANCEL, as in the object
