-- Conversations: an append-only log of events per conversation, and the answers that are still owed.

create table visitors (
  tenant_id   uuid        not null references tenants on delete cascade,
  id          uuid        not null,
  external_id text,                                -- who the customer's site says it is; unproved
  traits      jsonb       not null default '{}',
  created_at  timestamptz not null default now(),
  primary key (tenant_id, id)
);

create table conversations (
  tenant_id  uuid        not null,
  id         uuid        not null,
  visitor_id uuid        not null,
  last_seq   integer     not null default 0,
  context    jsonb       not null default '{}',    -- what the page said about itself
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, visitor_id) references visitors on delete cascade
);
create index on conversations (tenant_id, visitor_id, updated_at desc);

-- seq is dense from 1 and given in the transaction that appends, under the conversation's row lock.
create table conversation_events (
  tenant_id       uuid        not null,
  conversation_id uuid        not null,
  seq             integer     not null,
  kind            text        not null,
  client_id       text,                            -- the sender's own id, so that a resend is no duplicate
  message_id      uuid,
  data            jsonb       not null,
  created_at      timestamptz not null default now(),
  primary key (tenant_id, conversation_id, seq),
  unique (tenant_id, conversation_id, client_id),
  foreign key (tenant_id, conversation_id) references conversations on delete cascade
);

-- A question whose answer is not in the log yet. Whoever holds the lease is writing it; when the lease runs out,
-- another node takes over. The row goes in the transaction that appends the answer, so there is exactly one.
create table pending_answers (
  tenant_id       uuid        not null,
  message_id      uuid        not null,            -- the id the answer will have
  conversation_id uuid        not null,
  question_seq    integer     not null,
  attempt         integer     not null default 0,
  lease_owner     uuid,
  lease_until     timestamptz,
  stop_requested  boolean     not null default false, -- the visitor has heard enough
  created_at      timestamptz not null default now(),
  primary key (tenant_id, message_id),
  unique (tenant_id, conversation_id, question_seq),
  foreign key (tenant_id, conversation_id, question_seq) references conversation_events on delete cascade
);
create index on pending_answers (lease_until);

do $$
declare
  owned text;
begin
  foreach owned in array array['visitors', 'conversations', 'conversation_events', 'pending_answers'] loop
    execute format('alter table %I enable row level security', owned);
    execute format('create policy tenant on %I using (tenant_id = (select current_tenant()))', owned);
  end loop;
end
$$;

grant select, insert, update         on visitors            to widget_application;
grant select, insert, update         on conversations       to widget_application;
grant select, insert                 on conversation_events to widget_application; -- append-only
grant select, insert, update, delete on pending_answers     to widget_application;

-- The answering nodes' way across tenants: takes owed answers whose lease has run out (a node died, or was stopped).
create function claim_abandoned_answers(node uuid, lease interval, most integer)
  returns table (tenant_id uuid, message_id uuid)
  language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
    update pending_answers answer
    set lease_owner = node, lease_until = now() + lease, attempt = answer.attempt + 1
    from (
      select p.tenant_id, p.message_id from pending_answers p
      where p.lease_until < now()
      order by p.created_at
      for update skip locked
      limit most
    ) abandoned
    where answer.tenant_id = abandoned.tenant_id and answer.message_id = abandoned.message_id
    returning answer.tenant_id, answer.message_id
  $$;

revoke execute on function claim_abandoned_answers from public;
grant  execute on function claim_abandoned_answers to widget_application;
