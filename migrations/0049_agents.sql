-- Agents: personas of the assistant. A conversation has at most one; without one, the settings describe the assistant.

-- Catalogues of other systems, from which agents are imported and refreshed.
create table agent_catalogues (
  tenant_id     uuid        not null references tenants on delete cascade,
  id            uuid        not null,
  url           text        not null,
  refresh_hours integer     not null default 24 check (refresh_hours between 1 and 720),
  etag          text,                                -- of the last import, so that an unchanged catalogue is not read again
  agents        integer     not null default 0,      -- in the last import
  problems      jsonb       not null default '[]',   -- entries of the last import that were left out or taken in part
  error         text,                                -- why the last attempt failed, in words for people
  attempts      integer     not null default 0,      -- since the last success
  refreshed_at  timestamptz,
  due_at        timestamptz not null default clock_timestamp(),
  lease_owner   uuid,
  lease_until   timestamptz,
  created_at    timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, url)
);
create index on agent_catalogues (due_at);

create table agents (
  tenant_id         uuid        not null references tenants on delete cascade,
  id                uuid        not null,
  name              text        not null,
  description       text,
  portrait_url      text,
  portrait_id       uuid,                            -- an uploaded portrait; it comes before the address
  voice_id          text,
  realtime_voice    text,
  personality       text,
  age               integer,
  tags              text[]      not null default '{}',
  greeting          text,
  instructions      text,
  tavus_replica_id  text,
  tavus_persona_id  text,
  listed            boolean     not null default true, -- whether visitors can choose it
  catalogue_id      uuid,                            -- where it was imported from
  external_id       text,                            -- its id there
  edited            text[]      not null default '{}', -- fields that an import must not change
  created_at        timestamptz not null default now(),
  updated_at        timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, catalogue_id, external_id),
  foreign key (tenant_id, catalogue_id) references agent_catalogues on delete cascade
);
create index on agents (tenant_id, lower(name), id);

create table agent_portraits (
  tenant_id    uuid        not null,
  id           uuid        not null,
  agent_id     uuid        not null,
  content_type text        not null,
  content      bytea       not null,
  created_at   timestamptz not null default now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, agent_id) references agents on delete cascade
);
create index on agent_portraits (tenant_id, agent_id);

-- The name is kept beside the id, so that appending an event takes no second look-up.
alter table conversations add column agent_id uuid, add column agent_name text;
alter table conversations add foreign key (tenant_id, agent_id) references agents on delete set null (agent_id);
create index on conversations (tenant_id, agent_id) where agent_id is not null;

do $$
declare
  owned text;
begin
  foreach owned in array array['agent_catalogues', 'agents', 'agent_portraits'] loop
    execute format('alter table %I enable row level security', owned);
    execute format('create policy tenant on %I using (tenant_id = (select current_tenant()))', owned);
  end loop;
end
$$;
grant select, insert, update, delete on agent_catalogues, agents, agent_portraits to widget_application;

-- The nodes' way across tenants: takes the catalogue that has been due longest.
create function claim_agent_catalogue(worker uuid, lease interval) returns table (tenant_id uuid, id uuid)
  language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  #variable_conflict use_column
  begin
    return query update agent_catalogues catalogue
    set lease_owner = worker, lease_until = clock_timestamp() + lease
    from (
      select c.tenant_id, c.id from agent_catalogues c
      where c.due_at <= clock_timestamp() and (c.lease_until is null or c.lease_until <= clock_timestamp())
      order by c.due_at
      for update skip locked
      limit 1
    ) due
    where catalogue.tenant_id = due.tenant_id and catalogue.id = due.id
    returning catalogue.tenant_id, catalogue.id;
  end
  $$;
revoke execute on function claim_agent_catalogue from public;
grant  execute on function claim_agent_catalogue to widget_application;

-- As in 0043, but events that name an agent count for it.
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
    who text := case
      when new.data ->> 'repId' is not null then new.data ->> 'repId'
      else coalesce(new.data -> 'agent' ->> 'id', '') end;
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

create or replace function count_lead() returns trigger
  language plpgsql set search_path = pg_catalog, public, pg_temp as $$
  begin
    if not exists (
      select from lead_conversations other
      where other.tenant_id = new.tenant_id and other.lead_id = new.lead_id and other.conversation_id <> new.conversation_id)
    then
      insert into conversation_activity as activity (tenant_id, quarter, conversation_id, mode, agent, leads)
      values (
        new.tenant_id,
        date_bin('15 minutes', new.created_at, '2000-01-01+00'),
        new.conversation_id,
        'text',
        coalesce((
          select c.agent_id::text from conversations c where c.tenant_id = new.tenant_id and c.id = new.conversation_id), ''),
        1)
      on conflict (tenant_id, quarter, conversation_id, mode, agent) do update set leads = activity.leads + 1;
    end if;
    return null;
  end
  $$;
