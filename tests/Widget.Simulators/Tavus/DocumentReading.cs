using System.Text;
using System.Text.Json.Nodes;

namespace Widget.Simulators.Tavus;

/// <summary>
/// Processes a document: from started to ready or error. Documents on this machine are really fetched, as Tavus would fetch them. Other
/// addresses, which tests can't reach, always succeed.
/// </summary>
internal static class DocumentReading
{
    private const int Largest = 50 * 1024 * 1024;

    private static readonly string[] Kinds =
    [
        "application/pdf", "text/plain", "text/html", "text/csv", "text/markdown", "image/png", "image/jpeg", "application/msword",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ];

    public static async Task RunAsync(SimulatedTavus tavus, SimulatedAccount account, string id)
    {
        var behavior = tavus.Behavior;
        await tavus.AfterAsync(behavior.DocumentSeconds / 2, () => Set(account, id, "processing", 50, null), CancellationToken.None);
        var error = behavior.DocumentError ?? await FetchAsync(tavus, account, id);
        await tavus.AfterAsync(
            behavior.DocumentSeconds / 2,
            () => Set(account, id, error is null ? "ready" : "error", error is null ? 100 : 50, error),
            CancellationToken.None);
        if (account.Documents.Find(id) is { } document && document["callback_url"]?.GetValue<string>() is { } callback)
            await DocumentsApi.TellAsync(tavus, callback, new JsonObject
            {
                ["document_id"] = id,
                ["document_name"] = document["document_name"]!.DeepClone(),
                ["status"] = document["status"]!.DeepClone(),
                ["error_message"] = document["error_message"]?.DeepClone(),
            });
    }

    public static bool Set(SimulatedAccount account, string id, string status, int? progress, string? error) =>
        account.Documents.Change(id, document =>
    {
        document["status"] = status;
        document["progress"] = progress;
        document["error_message"] = error;
        document["updated_at"] = SimulatedTavus.Now();
    });

    private static async Task<string?> FetchAsync(SimulatedTavus tavus, SimulatedAccount account, string id)
    {
        if (account.Documents.Find(id)?["document_url"]?.GetValue<string>() is not { } url || !new Uri(url).IsLoopback) return null;
        try
        {
            using var response = await tavus.Out.GetAsync(url, HttpCompletionOption.ResponseHeadersRead);
            if (!response.IsSuccessStatusCode) return "file_download_failed";
            if (!Kinds.Contains(response.Content.Headers.ContentType?.MediaType, StringComparer.OrdinalIgnoreCase))
                return "file_format_unsupported";
            if (response.Content.Headers.ContentLength > Largest) return "file_size_too_large";
            var content = await response.Content.ReadAsByteArrayAsync();
            if (content.Length == 0) return "file_empty";
            if (content.Length > Largest) return "file_size_too_large";
            tavus.FetchedDocuments[id] = Encoding.UTF8.GetString(content.AsSpan(0, Math.Min(content.Length, 100_000)));
            return null;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
        {
            return "file_download_failed";
        }
    }
}
