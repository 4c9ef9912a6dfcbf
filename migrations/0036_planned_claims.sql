-- Every node asks for due work every second or two. PostgreSQL plans the statements of a function in SQL with each call, which takes far
-- longer than running them. In PL/pgSQL a connection keeps the plans after a few calls. The statements are the same as before.

create or replace function claim_abandoned_answers(node uuid, lease interval, most integer)
  returns table (tenant_id uuid, message_id uuid)
  language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  #variable_conflict use_column
  begin
    return query update pending_answers answer
    set lease_owner = node, lease_until = now() + lease, attempt = answer.attempt + 1
    from (
      select p.tenant_id, p.message_id from pending_answers p
      where p.lease_until < now()
      order by p.created_at
      for update skip locked
      limit most
    ) abandoned
    where answer.tenant_id = abandoned.tenant_id and answer.message_id = abandoned.message_id
    returning answer.tenant_id, answer.message_id;
  end
  $$;

create or replace function claim_due_crawls(most integer) returns table (tenant_id uuid, source_id uuid)
  language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  #variable_conflict use_column
  begin
    return query update sources source
    set next_crawl_at = now() + interval '10 minutes'
    from (
      select s.tenant_id, s.id from sources s
      where s.next_crawl_at <= now() and s.deleted_at is null
      order by s.next_crawl_at
      for update skip locked
      limit most
    ) due
    where source.tenant_id = due.tenant_id and source.id = due.id
    returning source.tenant_id, source.id;
  end
  $$;

create or replace function claim_evaluation_run(worker uuid, lease interval) returns table (tenant_id uuid, run_id uuid)
  language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  #variable_conflict use_column
  begin
    return query update evaluation_runs run
    set lease_owner = worker, lease_until = now() + lease, started_at = coalesce(run.started_at, now()), status = 'running'
    from (
      select r.tenant_id, r.id from evaluation_runs r
      where r.finished_at is null and (r.lease_until is null or r.lease_until <= now())
      order by r.lease_until nulls first, r.created_at
      for update skip locked
      limit 1
    ) free
    where run.tenant_id = free.tenant_id and run.id = free.id
    returning run.tenant_id, run.id;
  end
  $$;

create or replace function claim_embedding_change(worker uuid, lease interval) returns table (tenant_id uuid, model text)
  language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  #variable_conflict use_column
  begin
    return query update embedding_changes change
    set lease_owner = worker, lease_until = now() + lease
    from (
      select c.tenant_id from embedding_changes c
      where c.retry_at <= now() and (c.lease_until is null or c.lease_until <= now())
      order by c.retry_at
      for update skip locked
      limit 1
    ) due
    where change.tenant_id = due.tenant_id
    returning change.tenant_id, change.model;
  end
  $$;

create or replace function claim_tavus_sessions(node uuid, lease interval, most integer) returns table (tenant_id uuid, id uuid)
  language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  #variable_conflict use_column
  begin
    return query update tavus_sessions session
    set lease_owner = node, lease_until = clock_timestamp() + lease
    from (
      select s.tenant_id, s.id from tavus_sessions s
      where s.next_check_at <= clock_timestamp() and (s.lease_until is null or s.lease_until < clock_timestamp())
      order by s.next_check_at
      for update skip locked
      limit most
    ) due
    where session.tenant_id = due.tenant_id and session.id = due.id
    returning session.tenant_id, session.id;
  end
  $$;

create or replace function claim_tavus_knowledge(worker uuid, lease interval) returns table (tenant_id uuid)
  language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  #variable_conflict use_column
  begin
    insert into tavus_knowledge (tenant_id)
    select wanting.tenant_id from tenant_settings wanting
    where wanting.settings ->> 'useTavusKB' = 'true'
      and not exists (select from tavus_knowledge known where known.tenant_id = wanting.tenant_id and known.due_at is not null)
    on conflict on constraint tavus_knowledge_pkey do update set due_at = clock_timestamp() where tavus_knowledge.due_at is null;

    return query update tavus_knowledge knowledge
    set lease_owner = worker, lease_until = clock_timestamp() + lease, asked = false
    from (
      select k.tenant_id from tavus_knowledge k
      where k.due_at <= clock_timestamp() and (k.lease_until is null or k.lease_until <= clock_timestamp())
      order by k.due_at
      for update skip locked
      limit 1
    ) due
    where knowledge.tenant_id = due.tenant_id
    returning knowledge.tenant_id;
  end
  $$;

create or replace function claim_voice_sessions(node uuid, lease interval, most integer) returns table (tenant_id uuid, id uuid)
  language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  #variable_conflict use_column
  begin
    return query update voice_sessions session
    set lease_owner = node, lease_until = clock_timestamp() + lease
    from (
      select s.tenant_id, s.id from voice_sessions s
      where s.next_check_at <= clock_timestamp() and (s.lease_until is null or s.lease_until < clock_timestamp())
      order by s.next_check_at
      for update skip locked
      limit most
    ) due
    where session.tenant_id = due.tenant_id and session.id = due.id
    returning session.tenant_id, session.id;
  end
  $$;

create or replace function claim_ingestion_job(worker uuid, lease interval, lane text default 'any')
  returns table (tenant_id uuid, job_id uuid)
  language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  #variable_conflict use_column
  begin
    return query update ingestion_jobs job
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
    returning job.tenant_id, job.id;
  end
  $$;

create or replace function claim_semantic_backlog(worker uuid, lease interval) returns table (tenant_id uuid)
  language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  #variable_conflict use_column
  begin
    return query update semantic_backlogs backlog
    set lease_owner = worker, lease_until = now() + lease
    from (
      select b.tenant_id from semantic_backlogs b
      where b.retry_at <= now() and (b.lease_until is null or b.lease_until <= now())
      order by b.retry_at
      for update skip locked
      limit 1
    ) due
    where backlog.tenant_id = due.tenant_id
    returning backlog.tenant_id;
  end
  $$;

create or replace function claim_lexical_backlog(worker uuid, lease interval) returns table (tenant_id uuid)
  language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  #variable_conflict use_column
  begin
    return query update lexical_backlogs backlog
    set lease_owner = worker, lease_until = now() + lease
    from (
      select b.tenant_id from lexical_backlogs b
      where b.retry_at <= now() and (b.lease_until is null or b.lease_until <= now())
      order by b.retry_at
      for update skip locked
      limit 1
    ) due
    where backlog.tenant_id = due.tenant_id
    returning backlog.tenant_id;
  end
  $$;

create or replace function claim_mail(worker uuid, lease interval) returns table (tenant_id uuid, id uuid)
  language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  #variable_conflict use_column
  begin
    return query update mail_outbox mail
    set lease_owner = worker, lease_until = clock_timestamp() + lease, attempts = mail.attempts + 1
    from (
      select m.tenant_id, m.id from mail_outbox m
      where m.sent_at is null and m.failed_at is null
        and m.due_at <= clock_timestamp() and (m.lease_until is null or m.lease_until <= clock_timestamp())
      order by m.due_at
      for update skip locked
      limit 1
    ) due
    where mail.tenant_id = due.tenant_id and mail.id = due.id
    returning mail.tenant_id, mail.id;
  end
  $$;
