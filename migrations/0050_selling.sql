-- The owner of a lead is e-mailed first about a waiting conversation. The other reps are e-mailed at this time, if it still waits then.
alter table handoffs add column mail_others_at timestamptz;

-- What a visitor does counts on the page on which they do it, also if they were on another page in the same quarter of an hour. An unknown
-- page is an empty text.
update conversation_activity set page = '' where page is null;
alter table conversation_activity drop constraint conversation_activity_pkey;
alter table conversation_activity alter column page set default '', alter column page set not null;
alter table conversation_activity add primary key (tenant_id, quarter, conversation_id, mode, agent, page);

create index conversation_events_by_page on conversation_events (tenant_id, conversation_id, seq) where data ->> 'page' <> '';

-- The page of the conversation's latest event that has one. Empty if there is none.
create function page_of_conversation(tenant uuid, conversation uuid) returns text
  language sql stable set search_path = pg_catalog, public, pg_temp as $$
    select coalesce((
      select page_of(data ->> 'page') from conversation_events
      where tenant_id = tenant and conversation_id = conversation and data ->> 'page' <> ''
      order by seq desc limit 1), '')
  $$;

create or replace function count_event() returns trigger
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
    is_page_unknown boolean;
    who text := case
      when new.data ->> 'repId' is not null then new.data ->> 'repId'
      else coalesce(new.data -> 'agent' ->> 'id', '') end;
  begin
    last_page := coalesce(page_of(new.data ->> 'page'), page_of_conversation(new.tenant_id, new.conversation_id));
    select
      not said or coalesce(max(a.engaged), 0) > 0,
      coalesce(max(a.begun) filter (where a.mode = how and a.agent = who), 0) > 0,
      coalesce(max(a.page), '') = ''
    into is_engaged, is_begun, is_page_unknown
    from conversation_activity a
    where a.tenant_id = new.tenant_id and a.conversation_id = new.conversation_id;
    -- The conversation began on the first page that is known.
    if is_page_unknown and last_page <> '' then
      update conversation_activity a set page = last_page
      where a.tenant_id = new.tenant_id and a.conversation_id = new.conversation_id;
    end if;
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
    on conflict (tenant_id, quarter, conversation_id, mode, agent, page) do update set
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

create or replace function count_lead() returns trigger
  language plpgsql set search_path = pg_catalog, public, pg_temp as $$
  declare
    last_page text := page_of_conversation(new.tenant_id, new.conversation_id);
  begin
    if exists (
      select from lead_conversations other
      where other.tenant_id = new.tenant_id and other.lead_id = new.lead_id and other.conversation_id <> new.conversation_id)
    then
      return null;
    end if;
    -- The details were given before the first message: the conversation began on this page.
    if last_page <> '' and not exists (
      select from conversation_activity a
      where a.tenant_id = new.tenant_id and a.conversation_id = new.conversation_id and a.page <> '')
    then
      update conversation_activity a set page = last_page
      where a.tenant_id = new.tenant_id and a.conversation_id = new.conversation_id;
    end if;
    insert into conversation_activity as activity (tenant_id, quarter, conversation_id, mode, agent, page, leads)
    values (
      new.tenant_id,
      date_bin('15 minutes', new.created_at, '2000-01-01+00'),
      new.conversation_id,
      'text',
      coalesce((
        select c.agent_id::text from conversations c where c.tenant_id = new.tenant_id and c.id = new.conversation_id), ''),
      last_page,
      1)
    on conflict (tenant_id, quarter, conversation_id, mode, agent, page) do update set leads = activity.leads + 1;
    return null;
  end
  $$;

-- Proactive messages are counted by page, too. Empty for reports without one, and from the five hundredth page of a day on.
alter table trigger_counts add column page text not null default '';
alter table trigger_counts drop constraint trigger_counts_pkey;
alter table trigger_counts add primary key (tenant_id, trigger_id, variant, day, page);

-- A meeting that a program has booked counts for the score, but is in no conversation.
create function list_lead_of_meeting() returns trigger
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
  begin
    insert into leads_to_score (tenant_id, lead_id)
    select distinct lead.tenant_id, coalesce(lead.top_id, lead.id)
    from leads lead
    where lead.tenant_id = new.tenant_id
      and (lead.address = lower(new.email) or lead.id = (
        select further.lead_id from lead_emails further
        where further.tenant_id = new.tenant_id and further.address = lower(new.email)))
      and exists (select from lead_settings where tenant_id = new.tenant_id and qualification is not null);
    return null;
  end
  $$;
revoke execute on function list_lead_of_meeting from public;
create trigger score_lead after update of cancelled_at on meetings
  for each row when (new.conversation_id is null) execute function list_lead_of_meeting();
create index on meetings (tenant_id, lower(email)) where conversation_id is null;
