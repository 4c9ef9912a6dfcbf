-- Sources as things of their own: named, tagged, scheduled, retried, deleted; what a crawl has seen; and two kinds of knowledge that people
-- type: questions with their answers, and demos.

alter table sources
  drop constraint sources_kind_check,
  add constraint sources_kind_check check (kind in ('import', 'upload', 'page', 'site', 'answers', 'demos')),
  drop constraint sources_tenant_id_kind_url_key,
  add column name          text        not null default '',     -- tells several imports or uploads apart; a label for the others
  add column tags          text[]      not null default '{}',   -- given to all its documents
  add column rules         jsonb       not null default '{}',   -- what to read of a site or page
  add column schedule      text        not null default 'none' check (schedule in ('none', 'daily', 'weekly', 'monthly')),
  add column next_crawl_at timestamptz,
  add column deleted_at    timestamptz;                         -- on its way out: a job is deleting what came from it

-- A source that is being deleted stands in nobody's way.
create unique index sources_identity on sources
  (tenant_id, kind, url, (case when kind in ('import', 'upload') then name else '' end)) where deleted_at is null;
create index on sources (next_crawl_at) where next_crawl_at is not null and deleted_at is null;

alter table ingestion_jobs
  add column work     text    not null default 'ingest' check (work in ('ingest', 'delete')),
  add column listed   boolean not null default false,  -- its site maps have been read
  add column complete boolean not null default true;   -- nothing it should have seen was cut off by a limit or kept away by a fault
create index on ingestion_jobs (tenant_id, source_id, created_at desc);

alter table ingestion_items
  add column depth      smallint not null default 0,      -- links away from the start page
  add column superseded boolean  not null default false;  -- it failed, and has been tried again since
create index on ingestion_items (tenant_id, external_id) where not superseded; -- what has failed, or is still to be read, of a document

-- What a site was like when it was last read, so that reading it again costs little and what is gone can be told.
create table crawled_pages (
  tenant_id     uuid        not null,
  source_id     uuid        not null,
  address       text        not null,
  etag          text,                              -- validators, as the server sent them
  last_modified text,
  listed        timestamptz,                       -- what the site map says of its last change
  links         text[]      not null default '{}', -- where it led to within the site: "not modified" leads there still
  reading       bytea,                             -- how it was read; read otherwise, it must be fetched in full. Null: no conditional request
  indexed       boolean     not null default true, -- false: it asks not to be found (noindex)
  fetched_at    timestamptz,                       -- when its content was last had
  seen_at       timestamptz not null default now(),
  primary key (tenant_id, source_id, address),
  foreign key (tenant_id, source_id) references sources on delete cascade
);

create table answers (
  tenant_id    uuid        not null,
  id           uuid        not null,
  source_id    uuid        not null,
  question     text        not null,
  text         text        not null,
  alternatives text[]      not null default '{}', -- other ways to ask it: found by, never shown
  url          text,
  language     text,
  tags         text[]      not null default '{}',
  updated_at   timestamptz not null default now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, source_id) references sources on delete cascade
);
create index on answers (tenant_id, source_id);

create table demos (
  tenant_id   uuid             not null,
  id          uuid             not null,
  source_id   uuid             not null,
  kind        text             not null check (kind in ('video', 'image', 'slide', 'page')),
  url         text             not null,
  start_at    double precision check (start_at >= 0), -- seconds into a video
  end_at      double precision check (end_at > start_at),
  page        integer          check (page >= 1),     -- of a slide
  title       text             not null,
  description text             not null default '',
  show_when   text             not null,
  language    text,
  tags        text[]           not null default '{}',
  updated_at  timestamptz      not null default now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, source_id) references sources on delete cascade
);
create index on demos (tenant_id, source_id);

do $$
declare
  owned text;
begin
  foreach owned in array array['crawled_pages', 'answers', 'demos'] loop
    execute format('alter table %I enable row level security', owned);
    execute format('create policy tenant on %I using (tenant_id = (select current_tenant()))', owned);
    execute format('grant select, insert, update, delete on %I to widget_application', owned);
  end loop;
end
$$;

-- Sites keep the way they were read last.
update sources source
set rules = jsonb_build_object('discovery', job.discovery, 'pageLimit', job.page_limit)
from (select distinct on (tenant_id, source_id) tenant_id, source_id, discovery, page_limit from ingestion_jobs order by tenant_id, source_id, created_at desc) job
where source.kind = 'site' and job.tenant_id = source.tenant_id and job.source_id = source.id;

-- All single pages of a tenant shared one source; now each is one. Jobs that ended well have nothing left that says which page they read, so
-- they go with the shared source.
create temporary table single_pages on commit drop as
select tenant_id, shared_id, gen_random_uuid() as id, address, max(title) as title, max(language) as language
from (
  select document.tenant_id, document.source_id as shared_id, document.external_id as address, document.title, document.language
  from documents document join sources source on source.tenant_id = document.tenant_id and source.id = document.source_id
  where source.kind = 'page' and source.url = ''
  union all
  select item.tenant_id, job.source_id, item.external_id, null, null
  from ingestion_items item
  join ingestion_jobs job on job.tenant_id = item.tenant_id and job.id = item.job_id
  join sources source on source.tenant_id = job.tenant_id and source.id = job.source_id
  where source.kind = 'page' and source.url = ''
) page
group by tenant_id, shared_id, address;

insert into sources (tenant_id, id, kind, url, rules)
select tenant_id, id, 'page', address, jsonb_strip_nulls(jsonb_build_object('pageLimit', 1, 'title', title, 'language', language)) from single_pages;

update documents document set source_id = page.id
from single_pages page
where document.tenant_id = page.tenant_id and document.source_id = page.shared_id and document.external_id = page.address;

update ingestion_jobs job set source_id = page.id
from single_pages page join ingestion_items item on item.tenant_id = page.tenant_id and item.external_id = page.address
where job.tenant_id = page.tenant_id and job.source_id = page.shared_id and item.job_id = job.id;

delete from sources where kind = 'page' and url = '';

-- Their tags become the source's.
update sources source set tags = document.tags
from documents document
where source.kind = 'page' and document.tenant_id = source.tenant_id and document.source_id = source.id;

-- The scheduler's way across tenants: takes sources whose time has come. Whoever takes them sets their next time when the crawl is queued;
-- if that never happens, they are due again soon.
create function claim_due_crawls(most integer) returns table (tenant_id uuid, source_id uuid)
  language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
    update sources source
    set next_crawl_at = now() + interval '10 minutes'
    from (
      select s.tenant_id, s.id from sources s
      where s.next_crawl_at <= now() and s.deleted_at is null
      order by s.next_crawl_at
      for update skip locked
      limit most
    ) due
    where source.tenant_id = due.tenant_id and source.id = due.id
    returning source.tenant_id, source.id
  $$;

revoke execute on function claim_due_crawls from public;
grant  execute on function claim_due_crawls to widget_application;
