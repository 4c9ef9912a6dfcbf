using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Widget.Simulators.OpenAI;

/// <summary>
/// OpenAI's chat completions, embeddings and models: below <c>/v1</c> as OpenAI serves them, below <c>/azure/openai/v1</c> as Azure does,
/// and below <c>/ollama/v1</c> as Ollama does, without a key.
/// </summary>
internal static partial class OpenAIEndpoints
{
    /// <summary>The only valid key.</summary>
    private const string Key = "sim-key";

    private const string AzureKey = "sim-azure-key";

    private static readonly string[] Models = ["sim-chat", "sim-embedding", "sim-transcription", "sim-vision"];

    public static void MapOpenAI(this IEndpointRouteBuilder routes)
    {
        routes.MapServer("/v1", Authorize).MapPost("/audio/transcriptions", Transcriptions.AnswerAsync).DisableAntiforgery();
        routes.MapServer("/azure/openai/v1", AuthorizeAtAzure);
        routes.MapServer("/ollama/v1", static _ => { });

        var control = routes.MapGroup("/control/openai");
        control.MapPut("/", (OpenAISwitches switches, OpenAIBehavior behavior) => behavior.Set(switches));
        control.MapGet("/requests", (OpenAIBehavior behavior) => behavior.Requests);
        control.MapGet("/keys", (OpenAIBehavior behavior) => behavior.Keys);
        control.MapGet("/given-up", (OpenAIBehavior behavior) => behavior.GivenUp);
    }

    private static RouteGroupBuilder MapServer(this IEndpointRouteBuilder routes, string root, Action<HttpRequest> authorize)
    {
        var api = routes.MapGroup(root);
        api.AddEndpointFilter(async (context, next) =>
        {
            try
            {
                var request = context.HttpContext.Request;
                context.HttpContext.RequestServices.GetRequiredService<OpenAIBehavior>().Keys.Enqueue(
                    $"{request.Headers.Authorization}{request.Headers["api-key"]}");
                authorize(request);
                return await next(context);
            }
            catch (OpenAIException e)
            {
                if (e.IsTemporary
                    && context.HttpContext.RequestServices.GetRequiredService<OpenAIBehavior>().Switches.RetryAfter is { } seconds)
                    context.HttpContext.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
                return e.ToResult();
            }
        });
        api.MapGet(
            "/models",
            () => new { @object = "list", data = Models.Select(id => new { id, @object = "model", created = 0, owned_by = "simulator" }) });
        api.MapPost("/chat/completions", ChatAsync);
        api.MapPost("/embeddings", EmbedAsync);
        return api;
    }

    // Azure takes a key as api-key. A bearer token there is one of Entra ID.
    private static void AuthorizeAtAzure(HttpRequest request)
    {
        if (request.Headers.Authorization.Count > 0 || request.Headers["api-key"] != AzureKey)
            throw new OpenAIException(401, "invalid_request_error", "Access denied due to invalid subscription key.", code: "401");
    }

    private static void Authorize(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        if (header.Length == 0)
            throw new OpenAIException(
                401,
                "invalid_request_error",
                "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth.");
        if (header != $"Bearer {Key}")
            throw new OpenAIException(401, "invalid_request_error", "Incorrect API key provided.", code: "invalid_api_key");
    }

    private static async Task<IResult> ChatAsync(HttpContext http, OpenAIBehavior behavior, CancellationToken ct)
    {
        try
        {
            return await AnswerAsync(http, behavior, ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            behavior.CountGivenUp();
            return Results.Empty;
        }
    }

    private static async Task<IResult> AnswerAsync(HttpContext http, OpenAIBehavior behavior, CancellationToken ct)
    {
        var body = await ReadAsync(http.Request, ct);
        var request = ChatRequest.Parse(body);
        CheckModel(request.Model, request.HasImages ? "sim-vision" : "sim-chat");
        behavior.Requests.Enqueue(body);
        var switches = behavior.Switches;
        var rewriting = QuestionRewriting.IsAsked(request.System);
        var delay = switches.DelayMs + (rewriting ? switches.RewriteDelayMs : 0);
        if (delay > 0) await Task.Delay(delay, ct);
        if (behavior.FailsNow())
        {
            throw switches.FailStatus == 429
                ? new OpenAIException(429, "rate_limit_error", "Rate limit reached for requests", code: "rate_limit_exceeded")
                // Real servers often repeat the request in the response.
                : new OpenAIException(
                    switches.FailStatus,
                    "server_error",
                    $"The server had an error while processing your request: {request.LastUser}");
        }

        if (switches.RefuseStreamOptions && request.IncludeUsage) throw OpenAIException.Invalid(
            "Unrecognized request argument supplied: stream_options",
            "stream_options");

        var tool = request.MustCall
            ?? (switches.CallTool is { } name && request.MayCall(name) && (switches.CallAgain || !request.HasResults) ? name : null);
        var text = tool is not null ? ""
            : rewriting ? switches.Rewrite ?? QuestionRewriting.Join(request.LastUser)
            : switches.Reply ?? SourceReader.Answer(request.System, request.LastUser);
        var arguments = switches.RawToolArguments ?? switches.ToolArguments?.GetRawText() ?? "{}";
        if (request.Stream)
        {
            await StreamAsync(http, request, text, tool, arguments, switches, ct);
            return Results.Empty;
        }

        object message = tool is null
            ? new { role = "assistant", content = text }
            : new
            {
                role = "assistant",
                content = (string?)null,
                tool_calls = new[] { new { id = "call_1", type = "function", function = new { name = tool, arguments } } },
            };
        return Results.Json(new
        {
            id = "chatcmpl-1",
            @object = "chat.completion",
            created = 0,
            model = request.Model,
            choices = new[] { new { index = 0, message, finish_reason = tool is null ? "stop" : "tool_calls" } },
            usage = Usage(request, text),
        });
    }

    private static async Task StreamAsync(
        HttpContext http,
        ChatRequest request,
        string text,
        string? tool,
        string arguments,
        OpenAISwitches switches,
        CancellationToken ct)
    {
        http.Response.ContentType = "text/event-stream";
        async Task SendAsync(object data)
        {
            await http.Response.WriteAsync($"data: {JsonSerializer.Serialize(data)}\n\n", ct);
            await http.Response.Body.FlushAsync(ct);
        }

        object Chunk(object delta, string? finish = null) => new
        {
            id = "chatcmpl-1",
            @object = "chat.completion.chunk",
            created = 0,
            model = request.Model,
            choices = new[] { new { index = 0, delta, finish_reason = finish } },
        };

        await SendAsync(Chunk(new { role = "assistant", content = "" }));
        if (tool is not null)
        {
            await SendAsync(
                Chunk(new
                {
                    tool_calls = new[]
                    {
                        new { index = 0, id = "call_1", type = "function", function = new { name = tool, arguments = "" } },
                    },
                }));
            foreach (var piece in arguments.Chunk(5))
                await SendAsync(Chunk(new { tool_calls = new[] { new { index = 0, function = new { arguments = new string(piece) } } } }));
            await SendAsync(Chunk(new { }, "tool_calls"));
        }
        else
        {
            var sent = 0;
            foreach (var piece in Token().Matches(text).Select(match => match.Value))
            {
                if (sent++ == switches.CutAfter)
                {
                    http.Abort();
                    return;
                }

                await SendAsync(Chunk(new { content = piece }));
                if (switches.TokenDelayMs > 0) await Task.Delay(switches.TokenDelayMs, ct);
            }

            await SendAsync(Chunk(new { }, "stop"));
        }

        if (request.IncludeUsage && !switches.OmitUsage)
            await SendAsync(
                new
                {
                    id = "chatcmpl-1",
                    @object = "chat.completion.chunk",
                    created = 0,
                    model = request.Model,
                    choices = Array.Empty<object>(),
                    usage = Usage(request, text),
                });
        await http.Response.WriteAsync("data: [DONE]\n\n", ct);
    }

    private static async Task<IResult> EmbedAsync(HttpContext http, OpenAIBehavior behavior, CancellationToken ct)
    {
        var body = await ReadAsync(http.Request, ct);
        foreach (var field in body.EnumerateObject())
            if (field.Name is not ("model" or "input" or "dimensions" or "encoding_format" or "user"))
                throw OpenAIException.Invalid($"Unrecognized request argument supplied: {field.Name}", field.Name);
        CheckModel(ChatRequest.Text(body, "model"), "sim-embedding");
        string[] inputs = body.TryGetProperty("input", out var input)
            ? input.ValueKind switch
            {
                JsonValueKind.String => [input.GetString()!],
                JsonValueKind.Array when input.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String) =>
                    [.. input.EnumerateArray().Select(item => item.GetString()!)],
                _ => throw OpenAIException.Invalid("Invalid type for 'input': expected a string or an array of strings.", "input"),
            }
            : throw OpenAIException.Invalid("Missing required parameter: 'input'.", "input");
        if (inputs.Length is 0 or > 2048 || inputs.Any(text => text.Length == 0)) throw OpenAIException.Invalid(
            "'$.input' is invalid.",
            "input");
        behavior.Requests.Enqueue(body);
        if (behavior.Switches.DelayMs > 0) await Task.Delay(behavior.Switches.DelayMs, ct);
        if (behavior.FailsNow()) throw new OpenAIException(
            behavior.Switches.FailStatus,
            "server_error",
            "The server had an error while processing your request.");

        var dimensions = body.TryGetProperty("dimensions", out var wanted) ? wanted.GetInt32() : behavior.Switches.Dimensions;
        var base64 = body.TryGetProperty("encoding_format", out var format) && format.GetString() == "base64";
        return Results.Json(new
        {
            @object = "list",
            model = "sim-embedding",
            data = inputs.Select(
                (text, index) => new
                {
                    @object = "embedding",
                    index,
                    embedding = base64 ? (object)Base64(Vector(text, dimensions)) : Vector(text, dimensions),
                }),
            usage = new { prompt_tokens = inputs.Sum(text => text.Length / 4), total_tokens = inputs.Sum(text => text.Length / 4) },
        });
    }

    // Texts that share words have similar vectors. The same text always has the same vector.
    private static float[] Vector(string text, int dimensions)
    {
        var vector = new float[dimensions];
        foreach (var word in Word().Matches(text.ToLowerInvariant()).Select(match => match.Value))
            vector[BinaryPrimitives.ReadUInt32LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(word))) % (uint)dimensions] += 1;
        var norm = MathF.Sqrt(vector.Sum(value => value * value));
        return norm == 0 ? vector : Array.ConvertAll(vector, value => value / norm);
    }

    private static string Base64(float[] vector)
    {
        var bytes = new byte[vector.Length * sizeof(float)];
        Buffer.BlockCopy(vector, 0, bytes, 0, bytes.Length);
        return Convert.ToBase64String(bytes);
    }

    internal static void CheckModel(string model, string known)
    {
        if (model != known)
            throw new OpenAIException(
                404,
                "invalid_request_error",
                $"The model `{model}` does not exist or you do not have access to it.",
                code: "model_not_found");
    }

    private static object Usage(ChatRequest request, string text)
    {
        var prompt = (request.System.Length + request.LastUser.Length) / 4;
        return new { prompt_tokens = prompt, completion_tokens = text.Length / 4, total_tokens = prompt + (text.Length / 4) };
    }

    private static async Task<JsonElement> ReadAsync(HttpRequest request, CancellationToken ct)
    {
        if (!request.HasJsonContentType()) throw OpenAIException.Invalid("Content-Type must be application/json.");
        try
        {
            using var document = await JsonDocument.ParseAsync(request.Body, cancellationToken: ct);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            throw OpenAIException.Invalid("We could not parse the JSON body of your request.");
        }
    }

    [GeneratedRegex(@"\s*\S+", RegexOptions.None, 1000)]
    private static partial Regex Token();

    [GeneratedRegex(@"[\p{L}\p{N}]+", RegexOptions.None, 1000)]
    private static partial Regex Word();
}
