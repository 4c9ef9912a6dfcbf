using System.CommandLine;
using System.Text;
using Npgsql;
using Widget.Api.KeyRing;

namespace Widget.Api.Operations.Deletion;

/// <summary><c>widget tenants delete</c>.</summary>
internal static class DeleteCommand
{
    /// <param name="slug">The option that names the tenant.</param>
    /// <param name="asJson">The option for JSON.</param>
    /// <param name="owner">The owner's connection string.</param>
    /// <param name="application">Builds the application's services on a connection string, without starting them.</param>
    /// <param name="print">Prints a result, as JSON or text.</param>
    public static Command Create(
        Option<string> slug,
        Option<bool> asJson,
        Func<string> owner,
        Func<string, WebApplication> application,
        Action<ParseResult, object, string> print)
    {
        var yes = new Option<bool>("--yes") { Description = "Delete the tenant. Without this option, only list its data." };
        var command = new Command("delete", "Delete a tenant and all its data, including at Tavus. This cannot be undone.")
        {
            slug,
            yes,
            asJson,
        };
        command.SetAction(async (result, ct) =>
        {
            var connection = owner();
            await using var source = NpgsqlDataSource.Create(connection);
            await using var app = application(connection);
            // Without the key ring, the tenant's key for Tavus cannot be read, and the tenant's data would stay at Tavus.
            if (await app.Services.GetRequiredService<DatabaseKeyRing>().ProblemAsync(ct) is { } problem)
                throw new OperatorException($"{problem} Nothing has been deleted.");
            var deletion = new TenantDeletion(source, app.Services);
            if (result.GetValue(yes))
            {
                var deleted = await deletion.DeleteAsync(result.GetValue(slug)!, ct);
                print(result, deleted, Describe(deleted));
                return 0;
            }

            var contents = await deletion.InspectAsync(result.GetValue(slug)!, ct);
            print(result, contents, Describe(contents));
            await Console.Error.WriteLineAsync(
                $"Nothing has been deleted. To delete the tenant, run `widget tenants delete --slug {contents.Slug} --yes`. "
                + "This cannot be undone.");
            return 2;
        });
        return command;
    }

    private static string Describe(TenantContents contents)
    {
        var text = new StringBuilder($"The tenant {contents.Slug} ({contents.Name}, {contents.TenantId}) has:\n");
        AppendRows(text, contents.Rows);
        foreach (var item in contents.AtTavus) text.Append($"  at Tavus: {item.Kind} {item.Id}\n");
        return text.ToString().TrimEnd('\n');
    }

    private static string Describe(DeletedTenant deleted)
    {
        var text = new StringBuilder($"The tenant {deleted.Slug} ({deleted.TenantId}) is deleted:\n");
        AppendRows(text, deleted.Rows);
        foreach (var item in deleted.AtTavus) text.Append($"  at Tavus: {item.Kind} {item.Id}\n");
        foreach (var (item, reason) in deleted.Remaining) text.Append($"Not deleted at Tavus: {item.Kind} {item.Id} ({reason})\n");
        foreach (var call in deleted.Calls) text.Append($"Not hung up: voice call {call}. Its provider ends it at its own limit.\n");
        return text.ToString().TrimEnd('\n');
    }

    private static void AppendRows(StringBuilder text, IReadOnlyDictionary<string, long> rows)
    {
        foreach (var (table, count) in rows) text.Append($"{count,9} rows in {table}\n");
    }
}
