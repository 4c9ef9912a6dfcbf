using Widget.Platform.Tenancy;

namespace Widget.Rag.Own;

/// <summary>A source's tags, which all its documents have in addition to their own.</summary>
internal static class SourceTags
{
    /// <summary>
    /// Sets the tags of the source and its documents. A tag that is removed from the source is removed from all of them. Waits for
    /// documents that are being stored.
    /// </summary>
    public static async Task SetAsync(TenantDb db, Source source, IReadOnlyCollection<string> tags, CancellationToken ct)
    {
        string[] after = [.. tags.Distinct(StringComparer.Ordinal)];
        await using (var read = db.Command("select tags from sources where id = $1 for no key update", [source.Id.Value]))
        {
            var before = await read.ExecuteScalarAsync(ct) as string[] ?? [];
            source.Tags = after;
            if (before.ToHashSet(StringComparer.Ordinal).SetEquals(after)) return;
            await using var command = db.Command(
                """
                update documents
                set tags = array(select tag from unnest(tags) tag where tag <> all($2))
                  || array(select tag from unnest($3::text[]) tag where tag <> all(tags) or tag = any($2))
                where source_id = $1
                """,
                [source.Id.Value, before, after]);
            await command.ExecuteNonQueryAsync(ct);
        }
    }
}
