-- Leads: owners, scores, identities, merging, the history of changes, and saved views.

-- Who gets new leads.
alter table reps
  add column away          boolean     not null default false,
  add column territories   jsonb       not null default '{}',  -- countries, languages and domains; empty for none
  add column leads_per_day integer     check (leads_per_day > 0), -- null for no limit
  add column last_lead_at  timestamptz;                        -- when the rep last got a new lead

alter table leads
  add column verified_id  text,                                -- the visitor's id on the tenant's site, which the site has proved
  add column owner_id     uuid,                                -- a rep
  add column owned_since  timestamptz,
  add column fields       jsonb       not null default '{}',   -- the tenant's own fields
  add column answers      jsonb       not null default '{}',   -- answers to qualification questions that staff has entered
  add column staff_fields text[]      not null default '{}',   -- columns that staff has set; visitors no longer change them
  add column score        integer     check (score between 0 and 100),
  add column scored_tier  text        check (scored_tier in ('hot', 'warm', 'cold')),
  add column staff_tier   text        check (staff_tier in ('hot', 'warm', 'cold')),
  add column reasons      text[]      not null default '{}',
  add column merged_into  uuid,                                -- the lead of the same person
  add column merged_at    timestamptz,
  add column top_id       uuid,                                -- where the chain of merged_into ends; null if it is not merged
  add foreign key (tenant_id, owner_id) references reps,
  add foreign key (tenant_id, merged_into) references leads on delete set null (merged_into),
  add constraint leads_merged check (merged_into <> id and top_id <> id);
create unique index on leads (tenant_id, verified_id) where verified_id is not null;
create index on leads (tenant_id, owner_id, owned_since) where owner_id is not null;
create index on leads (tenant_id, merged_into) where merged_into is not null;
create index on leads (tenant_id, top_id) where top_id is not null;

-- Further e-mail addresses of a person. No address is in here and in leads.address.
create table lead_emails (
  tenant_id  uuid        not null,
  address    text        not null,                             -- in lower case
  lead_id    uuid        not null,
  email      text        not null,                             -- as first written
  created_at timestamptz not null default now(),
  primary key (tenant_id, address),
  foreign key (tenant_id, lead_id) references leads on delete cascade
);
create index on lead_emails (tenant_id, lead_id);

-- What a tenant has set up for its leads.
create table lead_settings (
  tenant_id     uuid  primary key references tenants on delete cascade,
  qualification jsonb,                                         -- null: leads are not scored
  fields        jsonb not null default '[]'
);

create table lead_views (
  tenant_id  uuid        not null references tenants on delete cascade,
  id         uuid        not null,
  name       text        not null,
  filter     jsonb       not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, id)
);

-- What was done with a lead, for its timeline.
create table lead_changes (
  tenant_id  uuid        not null,
  id         uuid        not null,
  lead_id    uuid        not null,
  kind       text        not null check (kind in ('changed', 'assigned', 'merged', 'unmerged')),
  actor      text        not null,                             -- name of the API key or the rep; "assignment", "identity"
  rep_id     uuid,                                             -- the rep who did it
  changes    jsonb       not null default '[]',                -- [{field, from, to}]
  created_at timestamptz not null default clock_timestamp(),
  primary key (tenant_id, id),
  foreign key (tenant_id, lead_id) references leads on delete cascade
);
create index on lead_changes (tenant_id, lead_id, created_at);

-- Leads whose score may have changed. A lead may be listed more than once: an entry is only ever added, so whoever adds one waits for
-- nobody, and an entry that is not committed yet stays for later.
create table leads_to_score (
  tenant_id   uuid        not null,
  id          bigint      generated always as identity,
  lead_id     uuid        not null,
  lease_owner uuid,
  lease_until timestamptz,
  created_at  timestamptz not null default clock_timestamp(),
  primary key (tenant_id, id),
  foreign key (tenant_id, lead_id) references leads on delete cascade
);
create index on leads_to_score (id);
create index on leads_to_score (tenant_id, lead_id);

do $$
declare
  owned text;
begin
  foreach owned in array array['lead_emails', 'lead_settings', 'lead_views', 'lead_changes', 'leads_to_score'] loop
    execute format('alter table %I enable row level security', owned);
    execute format('create policy tenant on %I using (tenant_id = (select current_tenant()))', owned);
  end loop;
end
$$;

grant select, insert, update, delete on lead_emails, lead_settings, lead_views, leads_to_score to widget_application;
grant select, insert                 on lead_changes                                           to widget_application;

-- Leads as they are shown. What a lead does not know, it has from those that were merged into it, the earliest merged first. So merging
-- changes no row but a pointer, and undoing it is exact.
create view lead_overview with (security_invoker = true) as
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
        select further.email, further.created_at from lead_emails further
        where further.tenant_id = lead.tenant_id and further.lead_id = any(coalesce(other.ids, '{}') || lead.id)
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
grant select on lead_overview to widget_application;

-- The leads that were merged into a lead, directly or through others.
create function leads_below(tenant uuid, lead uuid) returns setof uuid
  language sql stable set search_path = pg_catalog, public, pg_temp as $$
    with recursive below as (
      select id from leads where tenant_id = tenant and merged_into = lead
      union all
      select child.id from leads child join below on child.merged_into = below.id where child.tenant_id = tenant
    )
    select id from below
  $$;

-- A lead that others were merged into was deleted, for instance with its visitor. The others belong to other visitors and stay.
create function release_merged_leads() returns trigger
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
  declare
    orphan uuid;
  begin
    -- The foreign key may have cleared merged_into already.
    for orphan in
      select lead.id from leads lead
      where lead.tenant_id = old.tenant_id and lead.top_id = coalesce(old.top_id, old.id)
        and (lead.merged_into is null or lead.merged_into = old.id)
    loop
      if old.merged_into is not null then
        update leads set merged_into = old.merged_into where tenant_id = old.tenant_id and id = orphan;
      else
        update leads set merged_into = null, merged_at = null, top_id = null where tenant_id = old.tenant_id and id = orphan;
        update leads set top_id = orphan
        where tenant_id = old.tenant_id and id in (select leads_below(old.tenant_id, orphan));
        insert into leads_to_score (tenant_id, lead_id) values (old.tenant_id, orphan);
      end if;
    end loop;
    return null;
  end
  $$;
revoke execute on function release_merged_leads from public;
create trigger release_merged after delete on leads for each row execute function release_merged_leads();

-- The score depends on what happens in a lead's conversations.
create function list_leads_to_score() returns trigger
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
  begin
    if tg_op = 'DELETE' then
      -- A conversation was erased.
      insert into leads_to_score (tenant_id, lead_id)
      select lead.tenant_id, coalesce(lead.top_id, lead.id) from leads lead
      where lead.tenant_id = old.tenant_id and lead.id = old.lead_id
        and exists (select from lead_settings where tenant_id = old.tenant_id and qualification is not null);
      return null;
    end if;
    insert into leads_to_score (tenant_id, lead_id)
    select distinct lead.tenant_id, coalesce(lead.top_id, lead.id)
    from lead_conversations link
    join leads lead on lead.tenant_id = link.tenant_id and lead.id = link.lead_id
    where link.tenant_id = new.tenant_id and link.conversation_id = new.conversation_id
      and exists (select from lead_settings where tenant_id = new.tenant_id and qualification is not null);
    return null;
  end
  $$;
revoke execute on function list_leads_to_score from public;
create trigger score_leads after insert on conversation_events for each row
  when (
    new.kind in ('qualification_answered', 'meeting_booked', 'meeting_cancelled')
    or (new.kind = 'assistant_message' and new.data -> 'offers' <> '[]'))
  execute function list_leads_to_score();
create trigger score_leads after delete on lead_conversations for each row execute function list_leads_to_score();

-- The nodes' way across tenants: takes the oldest entry.
create function claim_lead_to_score(worker uuid, lease interval) returns table (tenant_id uuid, id bigint, lead_id uuid)
  language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  #variable_conflict use_column
  begin
    return query update leads_to_score entry
    set lease_owner = worker, lease_until = clock_timestamp() + lease
    from (
      select e.tenant_id, e.id from leads_to_score e
      where e.lease_until is null or e.lease_until <= clock_timestamp()
      order by e.id
      for update skip locked
      limit 1
    ) due
    where entry.tenant_id = due.tenant_id and entry.id = due.id
    returning entry.tenant_id, entry.id, entry.lead_id;
  end
  $$;
revoke execute on function claim_lead_to_score from public;
grant  execute on function claim_lead_to_score to widget_application;

-- Webhooks about leads are written at the end of the transaction, with the lead as the transaction leaves it. So a new lead is one message
-- with its score and owner, and several changes are one message. A message equal to the last one about the lead is not sent.
drop trigger webhooks_of_new on leads;
drop trigger webhooks_of_changed on leads;
drop function add_lead_webhooks;

create function add_lead_webhook(tenant uuid, event_name text, lead uuid) returns void
  language plpgsql volatile set search_path = pg_catalog, public, pg_temp as $$
  begin
    -- Most tenants have no webhooks, and the view is not free.
    if not exists (
      select from webhook_endpoints endpoint
      where endpoint.tenant_id = tenant and endpoint.enabled and event_name = any(endpoint.events))
    then
      return;
    end if;
    insert into webhook_deliveries (tenant_id, id, endpoint_id, event, lead_id, data)
    select endpoint.tenant_id, gen_random_uuid(), endpoint.id, event_name, lead, message.content
    from webhook_endpoints endpoint
    cross join (
      select jsonb_build_object(
        'id', shown.id, 'name', shown.name, 'email', shown.email, 'otherEmails', shown.other_emails, 'phone', shown.phone,
        'company', shown.company, 'score', shown.score, 'tier', shown.tier, 'reasons', shown.reasons, 'consent', shown.consent,
        'locale', shown.locale, 'owner', shown.owner_id, 'fields', shown.fields, 'createdAt', shown.created_at) as content
      from lead_overview shown where shown.tenant_id = tenant and shown.id = lead
    ) message
    where endpoint.tenant_id = tenant and endpoint.enabled and event_name = any(endpoint.events)
      and not exists (
        select from (
          select sent.data from webhook_deliveries sent
          where sent.tenant_id = tenant and sent.endpoint_id = endpoint.id and sent.lead_id = lead
            and sent.event in ('lead.created', 'lead.updated')
          order by sent.position desc limit 1
        ) last
        where last.data = message.content);
  end
  $$;

create function add_lead_webhooks() returns trigger
  language plpgsql set search_path = pg_catalog, public, pg_temp as $$
  begin
    if tg_op = 'INSERT' then
      perform add_lead_webhook(new.tenant_id, 'lead.created', new.id);
      return null;
    end if;
    if old.merged_into is null and new.merged_into is not null then
      -- Ids only: this message stays when the other lead is erased.
      perform add_webhook_event(
        new.tenant_id, 'lead.merged', null, new.id, jsonb_build_object('id', new.id, 'into', new.merged_into));
    end if;
    if old.top_id is distinct from new.top_id and old.top_id is not null then
      perform add_lead_webhook(new.tenant_id, 'lead.updated', old.top_id);
    end if;
    -- A lead that this transaction has created is reported as such.
    if new.created_at is distinct from now() then
      perform add_lead_webhook(new.tenant_id, 'lead.updated', coalesce(new.top_id, new.id));
    end if;
    return null;
  end
  $$;
create constraint trigger webhooks_of_new after insert on leads deferrable initially deferred
  for each row execute function add_lead_webhooks();
create constraint trigger webhooks_of_changed after update on leads deferrable initially deferred
  for each row when (old.* is distinct from new.*)
  execute function add_lead_webhooks();
