-- A number that changes with a tenant's knowledge, so that a node can tell whether what it remembers of a search still holds
-- (docs/decisions/0013-caching-searches.md).
alter table knowledge_statistics
  add column revision bigint not null default 0;

-- Once a statement, not once a row, and in the transaction that changes the knowledge: whoever sees the new documents sees the new number.
create function count_knowledge_revision() returns trigger
  language plpgsql set search_path = pg_catalog, public, pg_temp as $$
  begin
    update knowledge_statistics set revision = revision + 1 where tenant_id in (select tenant_id from changed);
    return null;
  end
  $$;

-- An update that changes nothing a search shows (a note of when a page was last looked at, say) takes no lock on the tenant's row.
create function count_knowledge_revision_of_update() returns trigger
  language plpgsql set search_path = pg_catalog, public, pg_temp as $$
  begin
    update knowledge_statistics set revision = revision + 1
    where tenant_id in (
      select after.tenant_id from after join before using (tenant_id, id)
      where (after.source_id, after.external_id, after.title, after.url, after.kind, after.language, after.tags, after.content_hash)
            is distinct from (before.source_id, before.external_id, before.title, before.url, before.kind, before.language, before.tags, before.content_hash));
    return null;
  end
  $$;

create trigger documents_added after insert on documents
  referencing new table as changed for each statement execute function count_knowledge_revision();
create trigger documents_removed after delete on documents
  referencing old table as changed for each statement execute function count_knowledge_revision();
create trigger documents_changed after update on documents
  referencing old table as before new table as after for each statement execute function count_knowledge_revision_of_update();
