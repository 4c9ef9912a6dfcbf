-- The words of a text now include signs and other notations of units, numbers and codes (LexicalNotations). Passages that were stored
-- before keep their words and are found by them, until the API has split them again in the background.

create table lexical_backlogs (
  tenant_id   uuid        not null primary key references tenants on delete cascade,
  after_chunk uuid        not null default '00000000-0000-0000-0000-000000000000', -- passages are done in the order of their ids
  retry_at    timestamptz not null default now(),
  lease_owner uuid,
  lease_until timestamptz
);
alter table lexical_backlogs enable row level security;
create policy tenant on lexical_backlogs using (tenant_id = (select current_tenant()));
grant select, insert, update, delete on lexical_backlogs to widget_application;

insert into lexical_backlogs (tenant_id) select tenant_id from knowledge_statistics where chunk_count > 0;

-- The mirror of Tavus reads its pages again. Until then they are found as before.
update tavus_documents set retry_at = now();

-- The worker's way across tenants: takes the backlog that has been due longest.
create function claim_lexical_backlog(worker uuid, lease interval) returns table (tenant_id uuid)
  language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
    update lexical_backlogs backlog
    set lease_owner = worker, lease_until = now() + lease
    from (
      select b.tenant_id from lexical_backlogs b
      where b.retry_at <= now() and (b.lease_until is null or b.lease_until <= now())
      order by b.retry_at
      for update skip locked
      limit 1
    ) due
    where backlog.tenant_id = due.tenant_id
    returning backlog.tenant_id
  $$;

revoke execute on function claim_lexical_backlog from public;
grant  execute on function claim_lexical_backlog to widget_application;

-- A page that shows the same new text as other pages keeps its stored text for some crawls. Then the new text is believed.
alter table crawled_pages
  add column held_text   bigint[],                   -- a sample of the text that was not stored; null: nothing is held back
  add column held_visits smallint not null default 0; -- crawls in a row that saw it
