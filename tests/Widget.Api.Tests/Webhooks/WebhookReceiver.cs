using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Widget.Testing;

namespace Widget.Api.Tests.Webhooks;

/// <param name="Headers">In lower case.</param>
/// <param name="Body">As received.</param>
internal sealed record ReceivedWebhook(IReadOnlyDictionary<string, string> Headers, string Body)
{
    public string Id => Headers["webhook-id"];

    public JsonElement Message { get; } = JsonDocument.Parse(Body).RootElement;

    public string Event => Message.GetProperty("type").GetString()!;

    public JsonElement Data => Message.GetProperty("data");
}

/// <summary>A customer's server that receives webhooks. It can be told to refuse them.</summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _slowRequests;

    private WebhookReceiver(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.Single());

    public string Url => new Uri(Address, "/hooks").ToString();

    /// <summary>The status of the responses.</summary>
    public int Status { get; set; } = 200;

    /// <summary>An address that does not respond for ten seconds.</summary>
    public string SlowUrl => new Uri(Address, "/slow").ToString();

    /// <summary>How many requests it has had.</summary>
    public int SlowRequests => Volatile.Read(ref _slowRequests);

    /// <summary>Accepted messages, in order.</summary>
    public ConcurrentQueue<ReceivedWebhook> Accepted { get; } = [];

    public ConcurrentQueue<ReceivedWebhook> Refused { get; } = [];

    public static async Task<WebhookReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var receiver = new WebhookReceiver(builder.Build());
        receiver._app.MapPost("/hooks", receiver.ReceiveAsync);
        receiver._app.MapPost("/slow", receiver.WaitAsync);
        await receiver._app.StartAsync();
        return receiver;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    public async Task<ReceivedWebhook> ReceivesAsync(string @event)
    {
        ReceivedWebhook? found = null;
        await Eventually.TrueAsync(
            () => Task.FromResult((found = Accepted.FirstOrDefault(message => message.Event == @event)) is not null),
            $"{@event} has arrived");
        return found!;
    }

    /// <summary>Verifies a message with the public package of Standard Webhooks (tests/webhook-receiver).</summary>
    public static async Task<bool> VerifiesAsync(string secret, ReceivedWebhook message)
    {
        var folder = Path.Combine(Repository.Root, "tests", "webhook-receiver");
        Directory.Exists(Path.Combine(folder, "node_modules", "standardwebhooks"))
            .ShouldBeTrue("Run `npm ci` in tests/webhook-receiver first.");
        var start = new ProcessStartInfo("node", ["verify.mjs"])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.StandardInput.WriteAsync(JsonSerializer.Serialize(new { secret, headers = message.Headers, body = message.Body }));
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        var (printed, failure) = (await output, await errors);
        if (process.ExitCode == 0) return JsonDocument.Parse(printed).RootElement.GetProperty("type").GetString() == message.Event;
        failure.ShouldContain("WebhookVerificationError");
        return false;
    }

    private async Task WaitAsync(HttpContext http)
    {
        Interlocked.Increment(ref _slowRequests);
        await Task.Delay(TimeSpan.FromSeconds(10), TimeProvider.System, http.RequestAborted);
    }

    private async Task<IResult> ReceiveAsync(HttpRequest request)
    {
        using var reader = new StreamReader(request.Body);
        var headers = request.Headers.ToDictionary(header => header.Key.ToLowerInvariant(), header => header.Value.ToString());
        var message = new ReceivedWebhook(headers, await reader.ReadToEndAsync());
        var status = Status;
        (status < 300 ? Accepted : Refused).Enqueue(message);
        if (status is >= 300 and < 400) request.HttpContext.Response.Headers.Location = "/hooks";
        return Results.StatusCode(status);
    }
}
