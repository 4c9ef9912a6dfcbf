-- Handoff to a person: who has a conversation, who waits, and what the staff's inbox needs.

-- Whether a person or the assistant speaks. A row is changed only by a transaction that has locked the conversation's row.
-- A conversation without a row is the assistant's.
create table handoffs (
  tenant_id        uuid        not null,
  conversation_id  uuid        not null,
  state            text        not null check (state in ('waiting', 'open', 'closed', 'assistant')),
  rep_id           uuid,                                -- who has it, or had it last
  reason           text,                                -- why a person is wanted
  requested_at     timestamptz not null default now(),  -- the order of the queue
  requested_seq    integer     not null default 0,      -- the event of the last request
  mailed_seq       integer     not null default 0,      -- the request that the reps were mailed about; -1: none since it came back
  given_up_at      timestamptz,                         -- nobody accepted the request in time, so the assistant answers meanwhile
  offered_to       uuid,                                -- who is asked first
  offered_until    timestamptz,
  offered          uuid[]      not null default '{}',   -- who was asked for this request and did not accept
  snoozed_until    timestamptz,
  spam             boolean     not null default false,
  visitor_read_seq integer     not null default 0,
  visitor_seen_at  timestamptz,                         -- when the visitor's page was last connected
  unanswered_since timestamptz,                         -- when the visitor wrote without a reply since
  replied_seq      integer     not null default 0,      -- the last message of a rep
  replied_at       timestamptz,
  answered_seq     integer     not null default 0,      -- the last one that the visitor was e-mailed
  due_at           timestamptz,                         -- when a node looks at it; null if there is nothing to do
  lease_owner      uuid,
  lease_until      timestamptz,
  primary key (tenant_id, conversation_id),
  foreign key (tenant_id, conversation_id) references conversations on delete cascade,
  foreign key (tenant_id, rep_id) references reps,
  foreign key (tenant_id, offered_to) references reps
);
create index on handoffs (tenant_id, state, requested_at, conversation_id);
create index on handoffs (tenant_id, rep_id) where state = 'open';
create index on handoffs (due_at) where due_at is not null;

-- How far each rep has read, and who is looking.
create table handoff_readers (
  tenant_id       uuid        not null,
  conversation_id uuid        not null,
  rep_id          uuid        not null,
  read_seq        integer     not null default 0,
  looked_at       timestamptz,                          -- null if the rep has left the conversation's page
  primary key (tenant_id, conversation_id, rep_id),
  foreign key (tenant_id, conversation_id) references conversations on delete cascade,
  foreign key (tenant_id, rep_id) references reps
);

-- Which reps are there. A rep whose heartbeat stops is away.
create table rep_presence (
  tenant_id       uuid        not null,
  rep_id          uuid        not null,
  available       boolean     not null,
  seen_at         timestamptz not null default now(),
  last_offered_at timestamptz,
  primary key (tenant_id, rep_id),
  foreign key (tenant_id, rep_id) references reps on delete cascade
);

-- Visitors who may not write any more.
create table visitor_bans (
  tenant_id  uuid        not null,
  visitor_id uuid        not null,
  rep_id     uuid,                                      -- who banned the visitor
  reason     text,
  created_at timestamptz not null default now(),
  primary key (tenant_id, visitor_id),
  foreign key (tenant_id, visitor_id) references visitors on delete cascade,
  foreign key (tenant_id, rep_id) references reps
);

-- Notes among the staff. They are not events, because visitors see those.
create table conversation_notes (
  tenant_id       uuid        not null,
  id              uuid        not null,
  conversation_id uuid        not null,
  rep_id          uuid        not null,
  client_id       text,                                 -- the sender's own id, so that a repeated request adds nothing
  text            text        not null,
  created_at      timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, conversation_id, client_id),
  foreign key (tenant_id, conversation_id) references conversations on delete cascade,
  foreign key (tenant_id, rep_id) references reps
);

create table canned_replies (
  tenant_id  uuid        not null references tenants on delete cascade,
  id         uuid        not null,
  title      text        not null,
  text       text        not null,
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id)
);

-- Files that visitors and reps send.
create table attachments (
  tenant_id       uuid        not null,
  id              uuid        not null,
  conversation_id uuid        not null,
  rep_id          uuid,                                 -- null if the visitor has sent it
  name            text        not null,
  content_type    text        not null,
  bytes           integer     not null,
  content         bytea       not null,
  sent            boolean     not null default false,   -- whether a message contains it
  created_at      timestamptz not null default now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, conversation_id) references conversations on delete cascade,
  foreign key (tenant_id, rep_id) references reps
);
create index on attachments (tenant_id, conversation_id);
create index on attachments (created_at) where not sent;
-- Pictures and PDF are compressed already.
alter table attachments alter column content set storage external;

do $$
declare
  owned text;
begin
  foreach owned in array array['handoffs', 'handoff_readers', 'rep_presence', 'visitor_bans', 'conversation_notes', 'canned_replies',
      'attachments'] loop
    execute format('alter table %I enable row level security', owned);
    execute format('create policy tenant on %I using (tenant_id = (select current_tenant()))', owned);
  end loop;
end
$$;

grant select, insert, update         on handoffs, handoff_readers, rep_presence, attachments to widget_application;
grant select, insert, delete         on visitor_bans       to widget_application;
grant select, insert                 on conversation_notes to widget_application;
grant select, insert, update, delete on canned_replies     to widget_application;

-- Webhooks about handoffs, beside those of migration 0039.
create function add_handoff_webhooks() returns trigger
  language plpgsql set search_path = pg_catalog, public, pg_temp as $$
  begin
    perform add_webhook_event(
      new.tenant_id,
      case
        when new.kind = 'person_joined' then 'handoff.accepted'
        when new.data ->> 'reason' = 'closed' then 'conversation.closed'
        else 'handoff.returned'
      end,
      new.conversation_id, null,
      (new.data - 'kind' - 'clientId')
        || case new.kind when 'assistant_chosen' then '{"reason": "assistant_chosen"}'::jsonb else '{}'::jsonb end
        || jsonb_build_object('conversationId', new.conversation_id, 'seq', new.seq));
    return null;
  end
  $$;
create trigger handoff_webhooks after insert on conversation_events for each row
  when (
    new.kind in ('person_joined', 'assistant_chosen')
    or (new.kind = 'person_left' and new.data ->> 'reason' in ('returned', 'closed', 'no_reply')))
  execute function add_handoff_webhooks();

-- The nodes' way across tenants: takes the conversation that has been due longest; of several waiting ones, the oldest.
create function claim_handoff(worker uuid, lease interval) returns table (tenant_id uuid, conversation_id uuid)
  language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  #variable_conflict use_column
  begin
    return query update handoffs handoff
    set lease_owner = worker, lease_until = clock_timestamp() + lease
    from (
      select h.tenant_id, h.conversation_id from handoffs h
      where h.due_at <= clock_timestamp() and (h.lease_until is null or h.lease_until <= clock_timestamp())
      order by h.due_at, h.requested_at
      for update skip locked
      limit 1
    ) due
    where handoff.tenant_id = due.tenant_id and handoff.conversation_id = due.conversation_id
    returning handoff.tenant_id, handoff.conversation_id;
  end
  $$;

-- Deletes files that were uploaded a day ago and never sent. Returns how many.
create function delete_unsent_attachments() returns integer
  language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  declare
    deleted integer;
  begin
    with unsent as (
      select attachment.tenant_id, attachment.id from attachments attachment
      where not attachment.sent and attachment.created_at < now() - interval '1 day'
      limit 100
      for update skip locked
    )
    delete from attachments attachment using unsent where attachment.tenant_id = unsent.tenant_id and attachment.id = unsent.id;
    get diagnostics deleted = row_count;
    return deleted;
  end
  $$;

revoke execute on function claim_handoff, delete_unsent_attachments from public;
grant  execute on function claim_handoff, delete_unsent_attachments to widget_application;
