-- What the console needs to answer in time, however many conversations and leads a tenant has.

-- What the inbox's search reads: what visitors and people wrote, in lower case. The log itself is several times as large, and reading its
-- JSON takes longer than searching it. Texts are added with their events and deleted with their conversations.
create table searchable_messages (
  tenant_id       uuid    not null,
  conversation_id uuid    not null,
  seq             integer not null,               -- of the event
  text            text    not null,
  primary key (tenant_id, conversation_id, seq)
);
alter table searchable_messages enable row level security;
create policy tenant on searchable_messages using (tenant_id = (select current_tenant()));
grant select, insert on searchable_messages to widget_application;

-- The words of a message, or the name and address of a person, separated by a control character. Null if there are none.
create function searchable_text(kind text, data jsonb) returns text
  language sql immutable parallel safe
  return nullif(lower(case
    when kind in ('visitor_message', 'person_message') then data ->> 'text'
    else coalesce(data ->> 'name', '') || e'\x1f' || coalesce(data ->> 'email', '') end), e'\x1f');

-- A trigger, so that a text can be found if and only if its event is committed, whichever feature appends it.
create function add_searchable_message() returns trigger
  language plpgsql set search_path = pg_catalog, public, pg_temp as $$
  declare
    words text := searchable_text(new.kind, new.data);
  begin
    if words is not null then
      insert into searchable_messages (tenant_id, conversation_id, seq, text) values (new.tenant_id, new.conversation_id, new.seq, words);
    end if;
    return null;
  end
  $$;
create trigger searchable after insert on conversation_events for each row
  when (new.kind in ('visitor_message', 'person_message', 'person_requested', 'contact_given'))
  execute function add_searchable_message();

insert into searchable_messages (tenant_id, conversation_id, seq, text)
select * from (
  select tenant_id, conversation_id, seq, searchable_text(kind, data) as words from conversation_events
  where kind in ('visitor_message', 'person_message', 'person_requested', 'contact_given')
) said where words is not null;

-- Added after the rows, so that PostgreSQL checks them in one pass.
alter table searchable_messages
  add foreign key (tenant_id, conversation_id) references conversations on delete cascade;

-- Finds a lead's further addresses with an index. The condition before, on an array that is computed for each lead, could not use one under
-- row-level security.
create or replace view lead_overview with (security_invoker = true) as
  select lead.tenant_id, lead.id, lead.verified_id, lead.score, lead.reasons, lead.created_at,
    coalesce(lead.staff_tier, lead.scored_tier) as tier,
    lead.staff_tier is not null as tier_is_set,
    coalesce(lead.name, other.name) as name,
    coalesce(lead.email, other.email) as email,
    coalesce(lead.phone, other.phone) as phone,
    coalesce(lead.company, other.company) as company,
    coalesce(lead.consent, other.consent) as consent,
    coalesce(lead.locale, other.locale) as locale,
    coalesce(lead.owner_id, other.owner_id) as owner_id,
    coalesce(other.fields, '{}') || lead.fields as fields,
    coalesce(other.answers, '{}') || lead.answers as answers,
    coalesce(other.ids, '{}') as merged_ids,
    array(
      select email from (
        select member.email, member.created_at from leads member
        where member.tenant_id = lead.tenant_id and member.top_id = lead.id and member.email is not null
        union all
        select further.email, further.created_at from unnest(coalesce(other.ids, '{}') || lead.id) member (id)
        join lead_emails further on further.tenant_id = lead.tenant_id and further.lead_id = member.id
      ) known
      where lower(known.email) is distinct from lower(coalesce(lead.email, other.email))
      order by known.created_at, known.email
    ) as other_emails
  from leads lead
  cross join lateral (
    select
      array_agg(member.id order by member.merged_at, member.id) as ids,
      (array_agg(member.name     order by member.merged_at, member.id) filter (where member.name     is not null))[1] as name,
      (array_agg(member.email    order by member.merged_at, member.id) filter (where member.email    is not null))[1] as email,
      (array_agg(member.phone    order by member.merged_at, member.id) filter (where member.phone    is not null))[1] as phone,
      (array_agg(member.company  order by member.merged_at, member.id) filter (where member.company  is not null))[1] as company,
      (array_agg(member.consent  order by member.merged_at, member.id) filter (where member.consent  is not null))[1] as consent,
      (array_agg(member.locale   order by member.merged_at, member.id) filter (where member.locale   is not null))[1] as locale,
      (array_agg(member.owner_id order by member.merged_at, member.id) filter (where member.owner_id is not null))[1] as owner_id,
      (select jsonb_object_agg(field.key, field.value order by giver.merged_at desc, giver.id desc)
       from leads giver cross join lateral jsonb_each(giver.fields) field
       where giver.tenant_id = lead.tenant_id and giver.top_id = lead.id) as fields,
      (select jsonb_object_agg(answer.key, answer.value order by giver.merged_at desc, giver.id desc)
       from leads giver cross join lateral jsonb_each(giver.answers) answer
       where giver.tenant_id = lead.tenant_id and giver.top_id = lead.id) as answers
    from leads member
    where member.tenant_id = lead.tenant_id and member.top_id = lead.id
  ) other
  where lead.top_id is null;

select guard_tenant_tables();
