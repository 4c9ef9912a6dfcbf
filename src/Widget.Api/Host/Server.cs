using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.AI;
using Npgsql;
using Widget.Api.Answers;
using Widget.Api.Calls;
using Widget.Api.Chat;
using Widget.Api.Configuration;
using Widget.Api.Evaluation;
using Widget.Api.KeyRing;
using Widget.Api.Knowledge;
using Widget.Api.Limits;
using Widget.Api.Media;
using Widget.Api.Modes;
using Widget.Api.OpenAI;
using Widget.Api.Search;
using Widget.Api.Settings;
using Widget.Api.Speech;
using Widget.Api.Speech.Dictation;
using Widget.Api.Tavus;
using Widget.Api.Tavus.Knowledge;
using Widget.Api.Tavus.Provisioning;
using Widget.Api.Tavus.Tools;
using Widget.Api.Telemetry;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Tools;
using Widget.Api.Usage;
using Widget.Api.Video;
using Widget.Api.Video.Lifecycle;
using Widget.Api.Visitors;
using Widget.Api.Voice;
using Widget.Api.Voice.Calls;
using Widget.Api.Voice.Setup;
using Widget.Api.Web;
using Widget.Platform.Database;
using Widget.Platform.Outbound;
using Widget.Platform.Tenancy;
using Widget.Rag;
using Widget.Rag.Embeddings;

namespace Widget.Api.Host;

/// <summary>The web server: what the product does, and in what order a request passes through it.</summary>
public static partial class Server
{
    /// <param name="args">ASP.NET Core's own, such as <c>--urls</c>.</param>
    /// <param name="options">What the operator has set.</param>
    /// <param name="configure">Last changes to the builder, for whoever hosts the server otherwise than as this program.</param>
    public static WebApplication Build(string[] args, ServerOptions options, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = ContentRoot() });
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.Logging.ClearProviders().AddJsonConsole(console =>
        {
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";
            console.UseUtcTimestamp = true;
        });
        // Request lines would hold the tokens that WebSockets carry in their query.
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning)
            .AddFilter("Microsoft.EntityFrameworkCore", LogLevel.Warning)
            .AddFilter(typeof(ApiKeyAuthentication).FullName, LogLevel.Warning)
            .AddFilter(typeof(VisitorAuthentication).FullName, LogLevel.Warning)
            .AddFilter(typeof(ModelKeyAuthentication).FullName, LogLevel.Warning);

        builder.AddTelemetry(options.Telemetry);

        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(options.Installation);
        builder.Services.AddSingleton<TenantDatabase>();
        builder.Services.AddSingleton(options.MasterKeys);
        builder.Services.AddSingleton(options.Telemetry);
        builder.Services.AddSingleton(_ => ApplicationDataSource.Create(options.Database));
        var hosts = new OwnHosts(options.Installation);
        builder.Services.AddSingleton(hosts);
        builder.Services.AddTenancy(hosts);
        builder.Services.AddUsage(options.Budgets with { ChatModel = options.Chat.Endpoint is null ? null : options.Chat.Model });
        builder.Services.AddLimits(options.Limits, options.TrustedProxies);
        builder.Services.AddSingleton(provider => new EmbeddingModels(
            options.Embedding.Endpoint is null ? null : new CachingEmbeddings(
                new OpenTelemetryEmbeddingGenerator<string, Embedding<float>>(
                    new OpenAIEmbeddings(
                        options.Embedding,
                        provider.GetRequiredService<IHttpClientFactory>().CreateClient(OutboundClients.Operator)),
                    sourceName: AnswerTelemetry.Models)
                {
                    EnableSensitiveData = false,
                },
                TimeProvider.System),
            options.Embedding.Model));
        builder.Services.AddRag(options.Fetching, options.Tavus, options.Rerank, options.Ingestion);
        builder.Services.AddMediaModels(options.Transcription, options.Vision);
        builder.Services.AddAnswers(options.Chat);
        builder.Services.AddEvaluation();
        builder.Services.AddVisitors();
        builder.Services.AddChat();
        builder.Services.AddSingleton<LeaveTokens>();
        builder.Services.AddTavus(options.TavusApi);
        builder.Services.AddVideo(options.Video);
        builder.Services.AddVoice(options.Voice, options.VoiceTimings);
        builder.Services.AddSingleton<ModeOffers>();
        builder.Services.AddSpeech(options.Speech, new DictationOptions(options.Transcription));
        builder.Services.AddTools();
        builder.Services.AddOpenAI();
        builder.Services.AddHealth();
        // A lambda, not the method itself: only then are the comments on the contracts put into the document at compile time.
        builder.Services.AddOpenApi(options => ApiDescription.Configure(options));
        builder.Services.AddProblemDetails(problems => problems.CustomizeProblemDetails = Problems.SayInWords);
        builder.Services.AddSingleton<IProblemDetailsWriter, UnconditionalProblems>();
        builder.Services.AddSingleton<RequestFaults>();
        builder.Services.AddExceptionHandler<ExceptionProblems>();
        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            StorableElements.AddTo(json.SerializerOptions);
            json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
        });
        builder.Services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        configure?.Invoke(builder);
        var app = builder.Build();
        app.Lifetime.ApplicationStarted.Register(() => hosts.ListenOn(app.Services.GetRequiredService<IServer>()));
        app.UseTrustedProxies();
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.Use((http, next) =>
        {
            http.Response.Headers.XContentTypeOptions = "nosniff";
            return next(http);
        });
        app.UseEmbed(options);
        app.UseRouting();
        app.UseMiddleware<HostMiddleware>();
        app.UseCors();
        app.UseMiddleware<AddressLimits>();
        app.UseMiddleware<MultiTenantMiddleware>();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseMiddleware<CallerLimits>();

        app.MapHealth();
        app.MapVisitors();
        app.MapHostedPage();
        app.MapVideo();
        app.MapLifecycle();
        app.MapVoice();
        app.MapVoiceSetup();
        app.MapSearch();
        app.MapKnowledge();
        app.MapEmbedding();
        app.MapEvaluation();
        app.MapSettings();
        app.MapUsage();
        app.MapModes();
        app.MapSpeech();
        app.MapTavusAccount();
        app.MapTavusPersona();
        app.MapTavusKnowledge();
        app.MapTools();
        app.MapTavusTools();
        app.MapModelKeys();
        app.MapOpenAI();
        app.MapApiDescription();
        return app;
    }

    /// <summary>
    /// Refuses to serve with a role to which row-level security does not apply, because tenants would see one another's rows, or with a
    /// key ring that cannot be read, because all tokens and secrets would be invalid. Waits for an unavailable database.
    /// </summary>
    /// <exception cref="InvalidConfigurationException">Row-level security does not hold for the application's login, or a master key is missing.</exception>
    public static async Task RefuseUnsafeRoleAsync(WebApplication app, CancellationToken ct)
    {
        try
        {
            if (await DatabaseHealth.RoleProblemAsync(app.Services.GetRequiredService<NpgsqlDataSource>(), ct) is { } problem)
                throw new InvalidConfigurationException([problem]);
            var keyRing = app.Services.GetRequiredService<DatabaseKeyRing>();
            if (await keyRing.ProblemAsync(ct) is { } locked) throw new InvalidConfigurationException([locked]);
            if (await keyRing.WarningAsync(ct) is { } warning) LogKeyRing(app.Logger, warning);
        }
        catch (NpgsqlException)
        {
            // Readiness says so until it is back.
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Warning}")]
    private static partial void LogKeyRing(ILogger logger, string warning);

    // Published files lie beside the program, wherever it is started from.
    private static string ContentRoot() => AppContext.BaseDirectory;
}
