-- Fair scheduling of ingestion. The tenant that has recently used the least worker time is next, and slow documents have a separate lane, so
-- that they do not block short ones.

create table ingestion_usage (
  tenant_id uuid             primary key references tenants on delete cascade,
  seconds   double precision not null,               -- of workers' time, as it counted at that time
  at        timestamptz      not null default now()
);
alter table ingestion_usage enable row level security;
create policy tenant on ingestion_usage using (tenant_id = (select current_tenant()));
grant select, insert, update, delete on ingestion_usage to widget_application;

-- Usage decays with a half-life of ten minutes: old usage stops counting, and an idle tenant cannot save up worker time.
create function recent_ingestion_seconds(seconds double precision, at timestamptz) returns double precision
  language sql stable
  return seconds * power(0.5, least(greatest(extract(epoch from now() - at)::double precision, 0) / 600, 100));

alter table ingestion_jobs add column slow boolean not null default false;  -- the rest of it takes long
alter table ingestion_items
  add column slow boolean not null default false,                           -- reading it takes longer than a quick worker may
  add column notice text;                                                   -- why not all of it was read, in words for people
alter table documents add column notice text;

-- As in 0009, but for a lane (quick, slow or any), and the tenant with the least recent usage comes first. A tenant has one job per lane.
drop function claim_ingestion_job(uuid, interval);
create function claim_ingestion_job(worker uuid, lease interval, lane text default 'any') returns table (tenant_id uuid, job_id uuid)
  language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
    update ingestion_jobs job
    set lease_owner = worker, lease_until = now() + lease, started_at = coalesce(job.started_at, now())
    from (
      select j.tenant_id, j.id from ingestion_jobs j
      left join ingestion_usage usage on usage.tenant_id = j.tenant_id
      where j.finished_at is null and (j.lease_until is null or j.lease_until <= now())
        and (lane = 'any' or j.slow = (lane = 'slow'))
        and not exists (
          select from ingestion_jobs running
          where running.tenant_id = j.tenant_id and running.finished_at is null and running.lease_until > now() and running.slow = j.slow)
        and (j.work = 'delete' or not exists (
          select from ingestion_jobs older
          where older.tenant_id = j.tenant_id and older.source_id = j.source_id and older.finished_at is null
            and (older.created_at, older.id) < (j.created_at, j.id)))
      order by coalesce(recent_ingestion_seconds(usage.seconds, usage.at), 0), j.lease_until nulls first, j.created_at
      for update of j skip locked
      limit 1
    ) free
    where job.tenant_id = free.tenant_id and job.id = free.id
    returning job.tenant_id, job.id
  $$;

revoke execute on function claim_ingestion_job from public;
grant  execute on function claim_ingestion_job to widget_application;
