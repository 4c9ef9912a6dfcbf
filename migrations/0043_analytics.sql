-- Analytics: what happened in each quarter of an hour of each conversation. A quarter of an hour, because the days of all time zones begin
-- at one. A conversation has rows of its own, so that visitors do not wait for one another's counts. The counts of a conversation are
-- deleted with it.
create table conversation_activity (
  tenant_id          uuid        not null,
  quarter            timestamptz not null,            -- when the quarter of an hour begins
  conversation_id    uuid        not null,
  mode               text        not null check (mode in ('text', 'voice', 'video')),
  agent              text        not null default '', -- the rep's id; empty for the assistant
  page               text,                            -- address without query; null until the visitor has sent a message
  conversations      integer     not null default 0,  -- 1 in the row in which the conversation began
  begun              integer     not null default 0,  -- 1 in the first row of the conversation with this mode and agent
  engaged            integer     not null default 0,  -- 1 in the row in which the visitor first said something
  messages           integer     not null default 0,
  answered           integer     not null default 0,
  quoted             integer     not null default 0,
  suggested          integer     not null default 0,
  not_found          integer     not null default 0,
  failed             integer     not null default 0,
  rated_up           integer     not null default 0,
  rated_down         integer     not null default 0,
  handoffs           integer     not null default 0,
  accepted           integer     not null default 0,
  person_messages    integer     not null default 0,
  leads              integer     not null default 0,  -- leads whose first conversation this is
  meetings           integer     not null default 0,
  meetings_cancelled integer     not null default 0,
  calls              integer     not null default 0,
  call_seconds       integer     not null default 0,
  primary key (tenant_id, quarter, conversation_id, mode, agent),
  foreign key (tenant_id, conversation_id) references conversations on delete cascade
) with (fillfactor = 70); -- room for counting without touching the indexes
create index on conversation_activity (tenant_id, conversation_id, quarter desc);

-- Questions that were not answered, for grouping by meaning.
create table unanswered_groups (
  tenant_id    uuid        not null references tenants on delete cascade,
  id           uuid        not null,
  model        text        not null,                  -- of the meaning; empty if there is none
  meaning      halfvec,                               -- mean of its questions
  spelling     halfvec     not null,
  questions    integer     not null default 1,        -- that the means are of
  changed_at   timestamptz not null default now(),
  dismissed_at timestamptz,                           -- later questions make the group appear again
  created_at   timestamptz not null default now(),
  primary key (tenant_id, id)
);

create table unanswered_questions (
  tenant_id       uuid        not null,
  conversation_id uuid        not null,
  seq             integer     not null,               -- of the answer that says that nothing was found
  question        text        not null,
  locale          text,
  asked_at        timestamptz not null,
  group_id        uuid,                               -- null until it is grouped
  primary key (tenant_id, conversation_id, seq),
  foreign key (tenant_id, conversation_id) references conversations on delete cascade,
  foreign key (tenant_id, group_id) references unanswered_groups on delete set null (group_id)
);
create index on unanswered_questions (tenant_id, asked_at);
create index on unanswered_questions (tenant_id, group_id, asked_at);
create index on unanswered_questions (asked_at) where group_id is null;

do $$
declare
  owned text;
begin
  foreach owned in array array['conversation_activity', 'unanswered_groups', 'unanswered_questions'] loop
    execute format('alter table %I enable row level security', owned);
    execute format('create policy tenant on %I using (tenant_id = (select current_tenant()))', owned);
  end loop;
end
$$;

grant select, insert, update         on conversation_activity, unanswered_questions to widget_application;
grant select, insert, update, delete on unanswered_groups                           to widget_application;

-- The page of a message, without what may identify its reader.
create function page_of(address text) returns text
  language sql immutable parallel safe
  return nullif(left(split_part(split_part(address, '#', 1), '?', 1), 500), '');

-- Events are counted by triggers, so that a count is committed if and only if its event is, whichever feature appends it.
create function count_event() returns trigger
  language plpgsql set search_path = pg_catalog, public, pg_temp as $$
  declare
    said boolean := new.kind = 'visitor_message' or (new.kind = 'utterance' and coalesce(new.data ->> 'speaker' = 'visitor', false));
    how text := case
      when new.kind = 'utterance' then case new.data ->> 'mode' when 'video' then 'video' else 'voice' end
      when new.kind like 'tavus%' then 'video'
      when new.kind like 'voice%' then 'voice'
      else 'text' end;
    outcome text := case when new.kind = 'assistant_message' then new.data ->> 'outcome' end;
    rating text := case when new.kind = 'message_rated' then new.data ->> 'rating' end;
    rated_before text;
    last_page text;
    is_engaged boolean;
    is_begun boolean;
    who text := case when new.kind like 'person\_%' then coalesce(new.data ->> 'repId', '') else '' end;
  begin
    select
      not said or coalesce(max(a.engaged), 0) > 0,
      coalesce(max(a.begun) filter (where a.mode = how and a.agent = who), 0) > 0,
      (array_agg(a.page order by a.quarter desc) filter (where a.page is not null))[1]
    into is_engaged, is_begun, last_page
    from conversation_activity a
    where a.tenant_id = new.tenant_id and a.conversation_id = new.conversation_id;
    last_page := coalesce(page_of(new.data ->> 'page'), last_page);
    if rating is not null then
      select e.data ->> 'rating' into rated_before from conversation_events e
      where e.tenant_id = new.tenant_id and e.conversation_id = new.conversation_id and e.kind = 'message_rated'
        and e.data ->> 'messageId' = new.data ->> 'messageId' and e.seq < new.seq
      order by e.seq desc limit 1;
    end if;
    insert into conversation_activity as activity (
      tenant_id, quarter, conversation_id, mode, agent, page, begun, engaged, messages, answered, quoted, suggested, not_found, failed,
      rated_up, rated_down, handoffs, accepted, person_messages, meetings, meetings_cancelled, calls, call_seconds)
    values (
      new.tenant_id,
      date_bin('15 minutes', new.created_at, '2000-01-01+00'),
      new.conversation_id,
      how,
      who,
      last_page,
      (not is_begun)::integer,
      (not is_engaged)::integer,
      said::integer,
      coalesce(outcome = 'answered', false)::integer,
      coalesce(outcome = 'quoted', false)::integer,
      coalesce(outcome = 'suggested', false)::integer,
      coalesce(outcome = 'not_found', false)::integer,
      coalesce(outcome = 'failed', false)::integer,
      coalesce(rating = 'up', false)::integer - coalesce(rated_before = 'up', false)::integer,
      coalesce(rating = 'down', false)::integer - coalesce(rated_before = 'down', false)::integer,
      (new.kind = 'person_requested')::integer,
      (new.kind = 'person_joined')::integer,
      (new.kind = 'person_message')::integer,
      (new.kind = 'meeting_booked')::integer,
      (new.kind = 'meeting_cancelled')::integer,
      (new.kind in ('voice_call_started', 'tavus_conversation_created'))::integer,
      case when new.kind in ('voice_call_ended', 'tavus_conversation_ended') then coalesce((new.data ->> 'seconds')::integer, 0) else 0 end)
    on conflict (tenant_id, quarter, conversation_id, mode, agent) do update set
      page = coalesce(activity.page, excluded.page),
      begun = activity.begun + excluded.begun,
      engaged = activity.engaged + excluded.engaged,
      messages = activity.messages + excluded.messages,
      answered = activity.answered + excluded.answered,
      quoted = activity.quoted + excluded.quoted,
      suggested = activity.suggested + excluded.suggested,
      not_found = activity.not_found + excluded.not_found,
      failed = activity.failed + excluded.failed,
      rated_up = activity.rated_up + excluded.rated_up,
      rated_down = activity.rated_down + excluded.rated_down,
      handoffs = activity.handoffs + excluded.handoffs,
      accepted = activity.accepted + excluded.accepted,
      person_messages = activity.person_messages + excluded.person_messages,
      meetings = activity.meetings + excluded.meetings,
      meetings_cancelled = activity.meetings_cancelled + excluded.meetings_cancelled,
      calls = activity.calls + excluded.calls,
      call_seconds = activity.call_seconds + excluded.call_seconds;

    -- The conversation began on the page of its first message.
    if not is_engaged and last_page is not null then
      update conversation_activity a set page = last_page
      where a.tenant_id = new.tenant_id and a.conversation_id = new.conversation_id and a.page is null;
    end if;

    if outcome = 'not_found' then
      insert into unanswered_questions (tenant_id, conversation_id, seq, question, locale, asked_at)
      select new.tenant_id, new.conversation_id, new.seq, left(asked.data ->> 'text', 500), asked.data ->> 'locale', new.created_at
      from conversation_events asked
      where asked.tenant_id = new.tenant_id and asked.conversation_id = new.conversation_id
        and asked.seq = (new.data ->> 'replyTo')::integer and asked.data ->> 'text' is not null;
    end if;
    return null;
  end
  $$;
create trigger counts after insert on conversation_events for each row
  when (new.kind in (
    'visitor_message', 'assistant_message', 'utterance', 'message_rated', 'person_requested', 'person_joined', 'person_message',
    'meeting_booked', 'meeting_cancelled', 'voice_call_started', 'voice_call_ended', 'tavus_conversation_created',
    'tavus_conversation_ended'))
  execute function count_event();

create function count_conversation() returns trigger
  language plpgsql set search_path = pg_catalog, public, pg_temp as $$
  begin
    insert into conversation_activity (tenant_id, quarter, conversation_id, mode, conversations)
    values (new.tenant_id, date_bin('15 minutes', new.created_at, '2000-01-01+00'), new.id, 'text', 1);
    return null;
  end
  $$;
create trigger counts after insert on conversations for each row execute function count_conversation();

create function count_lead() returns trigger
  language plpgsql set search_path = pg_catalog, public, pg_temp as $$
  begin
    if not exists (
      select from lead_conversations other
      where other.tenant_id = new.tenant_id and other.lead_id = new.lead_id and other.conversation_id <> new.conversation_id)
    then
      insert into conversation_activity as activity (tenant_id, quarter, conversation_id, mode, leads)
      values (new.tenant_id, date_bin('15 minutes', new.created_at, '2000-01-01+00'), new.conversation_id, 'text', 1)
      on conflict (tenant_id, quarter, conversation_id, mode, agent) do update set leads = activity.leads + 1;
    end if;
    return null;
  end
  $$;
create trigger counts after insert on lead_conversations for each row execute function count_lead();

-- A group is deleted with its last question, so that erasing a conversation leaves nothing of what was asked.
create function delete_group_without_questions() returns trigger
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
  begin
    delete from unanswered_groups emptied
    where emptied.tenant_id = old.tenant_id and emptied.id = old.group_id
      and not exists (
        select from unanswered_questions kept where kept.tenant_id = emptied.tenant_id and kept.group_id = emptied.id);
    return null;
  end
  $$;
revoke execute on function delete_group_without_questions from public;
create trigger delete_group after delete on unanswered_questions
  for each row when (old.group_id is not null) execute function delete_group_without_questions();

-- What happened before this version.
insert into conversation_activity (tenant_id, quarter, conversation_id, mode, conversations)
select tenant_id, date_bin('15 minutes', created_at, '2000-01-01+00'), id, 'text', 1 from conversations;

insert into conversation_activity as activity (
  tenant_id, quarter, conversation_id, mode, page, begun, engaged, messages, answered, quoted, suggested, not_found, failed, handoffs, meetings,
  meetings_cancelled, calls, call_seconds)
select
  tenant_id,
  quarter,
  conversation_id,
  mode,
  (array_agg(page order by seq) filter (where page is not null))[1],
  (min(seq) = min(first_of_mode))::integer,
  count(*) filter (where said and first_said = seq),
  count(*) filter (where said),
  count(*) filter (where outcome = 'answered'),
  count(*) filter (where outcome = 'quoted'),
  count(*) filter (where outcome = 'suggested'),
  count(*) filter (where outcome = 'not_found'),
  count(*) filter (where outcome = 'failed'),
  count(*) filter (where kind = 'person_requested'),
  count(*) filter (where kind = 'meeting_booked'),
  count(*) filter (where kind = 'meeting_cancelled'),
  count(*) filter (where kind in ('voice_call_started', 'tavus_conversation_created')),
  coalesce(sum((data ->> 'seconds')::integer) filter (where kind in ('voice_call_ended', 'tavus_conversation_ended')), 0)
from (
  select *,
    min(seq) filter (where said) over (partition by tenant_id, conversation_id) as first_said,
    min(seq) over (partition by tenant_id, conversation_id, mode) as first_of_mode
  from (
    select tenant_id, conversation_id, seq, kind, data,
      date_bin('15 minutes', created_at, '2000-01-01+00') as quarter,
      kind = 'visitor_message' or (kind = 'utterance' and data ->> 'speaker' = 'visitor') as said,
      case
        when kind = 'utterance' then case data ->> 'mode' when 'video' then 'video' else 'voice' end
        when kind like 'tavus%' then 'video'
        when kind like 'voice%' then 'voice'
        else 'text' end as mode,
      case when kind = 'assistant_message' then data ->> 'outcome' end as outcome,
      page_of(data ->> 'page') as page
    from conversation_events
    where kind in (
      'visitor_message', 'assistant_message', 'utterance', 'message_rated', 'person_requested', 'meeting_booked', 'meeting_cancelled',
      'voice_call_started', 'voice_call_ended', 'tavus_conversation_created', 'tavus_conversation_ended')
  ) event
) event
group by tenant_id, quarter, conversation_id, mode
on conflict (tenant_id, quarter, conversation_id, mode, agent) do update set
  page = excluded.page, begun = excluded.begun, engaged = excluded.engaged, messages = excluded.messages, answered = excluded.answered,
  quoted = excluded.quoted, suggested = excluded.suggested, not_found = excluded.not_found, failed = excluded.failed,
  handoffs = excluded.handoffs, meetings = excluded.meetings, meetings_cancelled = excluded.meetings_cancelled, calls = excluded.calls,
  call_seconds = excluded.call_seconds;

insert into conversation_activity as activity (tenant_id, quarter, conversation_id, mode, leads)
select tenant_id, date_bin('15 minutes', created_at, '2000-01-01+00'), conversation_id, 'text', count(*)
from (
  select distinct on (tenant_id, lead_id) tenant_id, lead_id, conversation_id, created_at
  from lead_conversations order by tenant_id, lead_id, created_at, conversation_id
) first
group by 1, 2, 3
on conflict (tenant_id, quarter, conversation_id, mode, agent) do update set leads = excluded.leads;

insert into unanswered_questions (tenant_id, conversation_id, seq, question, locale, asked_at)
select answer.tenant_id, answer.conversation_id, answer.seq, left(asked.data ->> 'text', 500), asked.data ->> 'locale', answer.created_at
from conversation_events answer
join conversation_events asked on asked.tenant_id = answer.tenant_id and asked.conversation_id = answer.conversation_id
  and asked.seq = (answer.data ->> 'replyTo')::integer
where answer.kind = 'assistant_message' and answer.data ->> 'outcome' = 'not_found' and asked.data ->> 'text' is not null;

-- The nodes' way across tenants: the tenant whose question has waited longest for its group.
create function tenant_with_ungrouped_questions() returns uuid
  language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select tenant_id from unanswered_questions where group_id is null order by asked_at limit 1
  $$;
revoke execute on function tenant_with_ungrouped_questions from public;
grant  execute on function tenant_with_ungrouped_questions to widget_application;
