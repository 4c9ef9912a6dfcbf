using System.Text;
using System.Text.Json;
using Widget.Api.Limits;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Web;
using Widget.Platform.Database;

namespace Widget.Api.OpenAI;

/// <summary>
/// OpenAI's chat completions, answered from a tenant's knowledge, for Tavus's personas and other clients of the protocol. Errors have
/// OpenAI's format.
/// </summary>
internal static partial class OpenAIEndpoints
{
    /// <summary>The name of the only model. The tenant's slug is another name for it.</summary>
    public const string Model = "widget";

    private const long MaxRequestBytes = 256 * 1024;

    public static void MapOpenAI(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/v1").RequireAuthorization(Policies.Model).WithTags("OpenAI").WithRequestSizeLimit(MaxRequestBytes);
        api.AddEndpointFilter(WithOpenAIErrors)
            .WithMetadata(new OpenAIErrors(), new RateLimitErrorShape(message => OpenAIException.TooMany(message).Body));
        api.MapPost("/chat/completions", CompleteAsync)
            .LimitedAs(Limit.Completions)
            .WithSummary("Chat completions of OpenAI's protocol, answered from the tenant's knowledge");
        api.MapGet("/models", ListModels).WithSummary("List the models; there is one");
        api.MapGet("/models/{model}", GetModel).WithSummary("Get a model");
        api.Map("/{**rest}", NotFound).ExcludeFromDescription();
    }

    private static IResult ListModels() => Results.Json(new { @object = "list", data = new[] { Describe(Model) } });

    private static IResult GetModel(string model, IMultiTenantContextAccessor tenants) =>
        Results.Json(Describe(CheckModel(model, tenants.Current())));

    private static IResult NotFound(HttpContext http) =>
        new OpenAIException(404, "invalid_request_error", $"There is nothing at {http.Request.Method} {http.Request.Path}.").ToResult();

    private static object Describe(string model) => new { id = model, @object = "model", created = 0, owned_by = "widget" };

    private static string CheckModel(string model, TenantInfo tenant) =>
        model == Model || model == tenant.Slug ? model : throw OpenAIException.NoSuchModel(model);

    private static async Task<IResult> CompleteAsync(
        HttpContext http,
        IMultiTenantContextAccessor tenants,
        TenantSettingsService settings,
        Completions completions,
        TimeProvider clock,
        ILogger<Completions> logger)
    {
        // A client that disconnects ends its answer.
        var ct = http.RequestAborted;
        var tenant = tenants.Current();
        var request = await ReadAsync(http.Request, ct);
        var format = new CompletionFormat(
            $"chatcmpl-{Guid.CreateVersion7():N}",
            CheckModel(request.Model, tenant),
            clock.GetUtcNow().ToUnixTimeSeconds());
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
            return Results.Text(format.RenderCompletion(text.ToString(), completion), "application/json");
        }

        await using var stream = EventStream.Open(http);
        await stream.SendAsync(format.RenderStart());
        try
        {
            var completion = await completions.AnswerAsync(tenant, current, request, SendTextAsync, ct);
            if (completion.Calls.Count > 0) await stream.SendAsync(format.RenderCalls(completion.Calls));
            await stream.SendAsync(format.RenderEnd(completion));
            if (request.IncludeUsage) await stream.SendAsync(format.RenderUsage(completion));
            await stream.SendAsync("[DONE]");
        }
        catch (OpenAIException e)
        {
            await stream.SendAsync(CompletionFormat.RenderError(e));
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            // The response has begun, so the error is sent as the last event.
            LogFault(logger, SanitizedException.From(e));
            await stream.SendAsync(CompletionFormat.RenderError(OpenAIException.InternalError()));
        }

        return Results.Empty;

        ValueTask SendTextAsync(string text) => new(stream.SendAsync(format.RenderText(text)));
    }

    private static async Task<ChatCompletionRequest> ReadAsync(HttpRequest request, CancellationToken ct)
    {
        if (!request.HasJsonContentType())
            throw new OpenAIException(415, "invalid_request_error", "The content type must be application/json.");
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
            // A text has half of a surrogate pair.
            throw OpenAIException.Invalid("The request contains text that is not valid Unicode.");
        }
    }

    private static async ValueTask<object?> WithOpenAIErrors(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
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
            var message = $"The request is larger than {MaxRequestBytes / 1024} KB.";
            return new OpenAIException(e.StatusCode, "invalid_request_error", message).ToResult();
        }
        catch (Exception e) when (DatabaseFaults.IsTransient(e) && !context.HttpContext.Response.HasStarted)
        {
            context.HttpContext.Response.Headers.RetryAfter = Problems.RetryAfter;
            return OpenAIException.Unavailable(Problems.DatabaseUnavailable).ToResult();
        }
        catch (Exception e) when (!context.HttpContext.Response.HasStarted && !context.HttpContext.RequestAborted.IsCancellationRequested)
        {
            LogFault(context.HttpContext.RequestServices.GetRequiredService<ILogger<Completions>>(), SanitizedException.From(e));
            return OpenAIException.InternalError().ToResult();
        }
    }

    // For errors before the endpoint's own code runs, such as a request that names two tenants.
    private sealed class OpenAIErrors : IErrorShape
    {
        public Task WriteAsync(HttpContext http, int status, string title)
        {
            var type = status >= StatusCodes.Status500InternalServerError ? "server_error" : "invalid_request_error";
            return new OpenAIException(status, type, title).ToResult().ExecuteAsync(http);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A completion failed")]
    private static partial void LogFault(ILogger logger, Exception exception);
}
