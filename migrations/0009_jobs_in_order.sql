-- What is sent to a source later must win, so the jobs of one source are done in the order in which they came. As in 0002, but a job is taken
-- only when no older one of its source is left; turns between sources and tenants are as they were. A deletion ends the others itself.
create or replace function claim_ingestion_job(worker uuid, lease interval) returns table (tenant_id uuid, job_id uuid)
  language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
    update ingestion_jobs job
    set lease_owner = worker, lease_until = now() + lease, started_at = coalesce(job.started_at, now())
    from (
      select j.tenant_id, j.id from ingestion_jobs j
      where j.finished_at is null and (j.lease_until is null or j.lease_until <= now())
        and not exists (
          select from ingestion_jobs running
          where running.tenant_id = j.tenant_id and running.finished_at is null and running.lease_until > now())
        and (j.work = 'delete' or not exists (
          select from ingestion_jobs older
          where older.tenant_id = j.tenant_id and older.source_id = j.source_id and older.finished_at is null
            and (older.created_at, older.id) < (j.created_at, j.id)))
      order by j.lease_until nulls first, j.created_at
      for update skip locked
      limit 1
    ) free
    where job.tenant_id = free.tenant_id and job.id = free.id
    returning job.tenant_id, job.id
  $$;

create index on ingestion_jobs (tenant_id, source_id, created_at, id) where finished_at is null;
