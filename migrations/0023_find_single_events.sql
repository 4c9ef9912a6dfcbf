-- Indexes for looking up single rows.

-- Events of one kind in a conversation, in their order: the answer to a question, what was said in a call. Row-level security lets an index be used
-- for leakproof operators only: those on these columns are, those on jsonb are not.
create index on conversation_events (tenant_id, conversation_id, kind, seq);

-- An answer by its public id.
create index on conversation_events (tenant_id, conversation_id, message_id) where message_id is not null;

-- A visitor by the id that the customer's site assigned.
create index on visitors (tenant_id, external_id) where external_id is not null;

-- How many utterances a page has reported of a call, so that the limit is checked without counting them.
alter table tavus_sessions add column heard integer not null default 0;
update tavus_sessions session set heard = (
  select count(*) from conversation_events event
  where event.tenant_id = session.tenant_id and event.conversation_id = session.conversation_id
    and event.kind = 'utterance' and event.data ->> 'sessionId' = session.id::text)
where session.state not in ('ended', 'failed');
