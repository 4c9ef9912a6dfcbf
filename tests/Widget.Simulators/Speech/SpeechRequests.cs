using System.Text.Json;

namespace Widget.Simulators.Speech;

/// <summary>A request that the real service would refuse, with its message.</summary>
internal sealed class SpeechRefusal(int status, object body) : Exception
{
    public IResult ToResult() => Results.Json(body, statusCode: status);
}

/// <summary>What both services share: they receive a JSON object and send audio in pieces.</summary>
internal static class SpeechRequests
{
    public static async Task<JsonElement> ReadAsync(HttpRequest request, Func<string, SpeechRefusal> invalid, CancellationToken ct)
    {
        if (!request.HasJsonContentType()) throw invalid("Content-Type must be application/json.");
        try
        {
            using var json = await JsonDocument.ParseAsync(request.Body, cancellationToken: ct);
            return json.RootElement.ValueKind == JsonValueKind.Object
                ? json.RootElement.Clone()
                : throw invalid("The body must be a JSON object.");
        }
        catch (JsonException)
        {
            throw invalid("The body is not valid JSON.");
        }
    }

    /// <summary>Sends the pieces at the configured pace, up to the configured end.</summary>
    public static async Task SendAsync(
        HttpContext http,
        SpeechBehavior behavior,
        string mediaType,
        IReadOnlyList<byte[]> pieces,
        CancellationToken ct)
    {
        var switches = behavior.Switches;
        var givenUp = true;
        try
        {
            if (switches.DelayMs > 0) await Task.Delay(switches.DelayMs, ct);
            http.Response.ContentType = mediaType;
            for (var i = 0; i < pieces.Count; i++)
            {
                if (i > 0 && switches.PieceDelayMs > 0) await Task.Delay(switches.PieceDelayMs, ct);
                if (switches.CutAfter == i)
                {
                    await http.Response.Body.FlushAsync(ct);
                    givenUp = false;
                    http.Abort();
                    return;
                }

                await http.Response.Body.WriteAsync(pieces[i], ct);
                await http.Response.Body.FlushAsync(ct);
            }

            givenUp = false;
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The client disconnected.
        }
        finally
        {
            behavior.End(givenUp);
        }
    }
}
