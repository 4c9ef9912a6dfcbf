using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Widget.Api.Limits;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Web;
using Widget.Platform.Database;

namespace Widget.Api.OpenAI;

/// <summary>
/// OpenAI's chat completions over a tenant's knowledge, for Tavus's personas and whatever else speaks the protocol. Errors are in OpenAI's own shape.
/// </summary>
internal static partial class OpenAIEndpoints
{
    /// <summary>The one model; a tenant's slug names it, too.</summary>
    public const string Model = "widget";

    private const long LargestRequest = 256 * 1024;

    public static void MapOpenAI(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/v1").RequireAuthorization(Policies.Model).WithTags("OpenAI").WithRequestSizeLimit(LargestRequest);
        api.AddEndpointFilter(AsOpenAIWouldSay).WithMetadata(new OpenAIErrors(), new RefusalShape(words => OpenAIException.TooMany(words).Body));
        api.MapPost("/chat/completions", CompleteAsync)
            .LimitedAs(Limit.Completions)
            .WithSummary("Chat completions of OpenAI's protocol, answered from the tenant's knowledge");
        api.MapGet("/models", () => Results.Json(new { @object = "list", data = new[] { Described(Model) } })).WithSummary("The models: there is one");
        api.MapGet("/models/{model}", (string model, IMultiTenantContextAccessor tenants) => Results.Json(Described(Known(model, tenants.Current()))))
            .WithSummary("A model");
        api.Map("/{**rest}", (HttpContext http) => new OpenAIException(404, "invalid_request_error", $"There is nothing at {http.Request.Method} {http.Request.Path}.").ToResult())
            .ExcludeFromDescription();
    }

    private static object Described(string model) => new { id = model, @object = "model", created = 0, owned_by = "widget" };

    private static string Known(string model, TenantInfo tenant) => model == Model || model == tenant.Slug ? model : throw OpenAIException.NoSuchModel(model);

    private static async Task<IResult> CompleteAsync(
        HttpContext http,
        IMultiTenantContextAccessor tenants,
        TenantSettingsService settings,
        Completions completions,
        TimeProvider clock,
        ILogger<Completions> logger)
    {
        // A client that goes ends everything that was begun for it.
        var ct = http.RequestAborted;
        var tenant = tenants.Current();
        var request = await ReadAsync(http.Request, ct);
        var format = new CompletionFormat($"chatcmpl-{Guid.CreateVersion7():N}", Known(request.Model, tenant), clock.GetUtcNow().ToUnixTimeSeconds());
        var current = await settings.ReadAsync(tenant.TenantId, ct);
        if (!request.Stream)
        {
            var text = new StringBuilder();
            var completion = await completions.AnswerAsync(
                tenant,
                current,
                request,
                piece =>
                {
                    text.Append(piece);
                    return default;
                },
                ct);
            return Results.Text(format.Whole(text.ToString(), completion), "application/json");
        }

        http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        http.Response.ContentType = "text/event-stream";
        http.Response.Headers.CacheControl = "no-cache";
        // Proxies would collect the pieces.
        http.Response.Headers["X-Accel-Buffering"] = "no";
        await SendAsync(format.Beginning());
        try
        {
            var completion = await completions.AnswerAsync(tenant, current, request, piece => new ValueTask(SendAsync(format.Piece(piece))), ct);
            if (completion.Calls.Count > 0) await SendAsync(format.Calls(completion.Calls));
            await SendAsync(format.End(completion));
            if (request.IncludeUsage) await SendAsync(format.Usage(completion));
            await SendAsync("[DONE]");
        }
        catch (OpenAIException e)
        {
            await SendAsync(CompletionFormat.Error(e));
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            // The answer has begun, so this is the only way left to say so.
            LogFault(logger, LoggedException.Of(e));
            await SendAsync(CompletionFormat.Error(OpenAIException.Fault()));
        }

        return Results.Empty;

        async Task SendAsync(string data)
        {
            await http.Response.WriteAsync($"data: {data}\n\n", ct);
            await http.Response.Body.FlushAsync(ct);
        }
    }

    private static async Task<ChatCompletionRequest> ReadAsync(HttpRequest request, CancellationToken ct)
    {
        if (!request.HasJsonContentType()) throw new OpenAIException(415, "invalid_request_error", "The content type must be application/json.");
        try
        {
            using var document = await JsonDocument.ParseAsync(request.Body, cancellationToken: ct);
            return ChatCompletionRequest.Parse(document.RootElement);
        }
        catch (JsonException)
        {
            throw OpenAIException.Invalid("The request is not valid JSON.");
        }
        catch (InvalidOperationException)
        {
            // A surrogate without its other half, in one of the texts.
            throw OpenAIException.Invalid("The request holds text that is not valid Unicode.");
        }
    }

    private static async ValueTask<object?> AsOpenAIWouldSay(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (OpenAIException e)
        {
            return e.ToResult();
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return new OpenAIException(e.StatusCode, "invalid_request_error", $"The request is larger than {LargestRequest / 1024} KB.").ToResult();
        }
        catch (Exception e) when (DatabaseFaults.IsTransient(e) && !context.HttpContext.Response.HasStarted)
        {
            context.HttpContext.Response.Headers.RetryAfter = Problems.RetryAfter;
            return OpenAIException.Unavailable(Problems.DatabaseAway).ToResult();
        }
        catch (Exception e) when (!context.HttpContext.Response.HasStarted && !context.HttpContext.RequestAborted.IsCancellationRequested)
        {
            LogFault(context.HttpContext.RequestServices.GetRequiredService<ILogger<Completions>>(), LoggedException.Of(e));
            return OpenAIException.Fault().ToResult();
        }
    }

    // Errors from before the endpoint's own code, such as a request that acts for two tenants.
    private sealed class OpenAIErrors : IErrorShape
    {
        public Task WriteAsync(HttpContext http, int status, string title) =>
            new OpenAIException(status, status >= StatusCodes.Status500InternalServerError ? "server_error" : "invalid_request_error", title).ToResult().ExecuteAsync(http);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A completion met a fault")]
    private static partial void LogFault(ILogger logger, Exception exception);
}
