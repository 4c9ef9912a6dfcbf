using Widget.Api.Agents;
using Widget.Api.Analytics;
using Widget.Api.Answers;
using Widget.Api.Attachments;
using Widget.Api.Calls;
using Widget.Api.Chat;
using Widget.Api.Chat.Pages;
using Widget.Api.Crm;
using Widget.Api.Evaluation;
using Widget.Api.Handoffs;
using Widget.Api.Host.WarmUp;
using Widget.Api.Inbox;
using Widget.Api.KeyRing;
using Widget.Api.Knowledge;
using Widget.Api.Leads;
using Widget.Api.Limits;
using Widget.Api.LiveKit;
using Widget.Api.Mail;
using Widget.Api.Mcp;
using Widget.Api.Media;
using Widget.Api.Meetings;
using Widget.Api.Models;
using Widget.Api.Modes;
using Widget.Api.OpenAI;
using Widget.Api.Recordings;
using Widget.Api.Reps;
using Widget.Api.Rooms;
using Widget.Api.Search;
using Widget.Api.Selling;
using Widget.Api.Settings;
using Widget.Api.Speech;
using Widget.Api.Speech.Dictation;
using Widget.Api.Tavus;
using Widget.Api.Telemetry;
using Widget.Api.Tenancy;
using Widget.Api.TenantTools;
using Widget.Api.Tools;
using Widget.Api.Triggers;
using Widget.Api.Usage;
using Widget.Api.Video;
using Widget.Api.Video.Lifecycle;
using Widget.Api.Visitors;
using Widget.Api.Voice;
using Widget.Api.Voice.Calls;
using Widget.Api.Voice.Setup;
using Widget.Api.Web;
using Widget.Api.Webhooks;
using Widget.Platform.Database;

namespace Widget.Api.Host;

/// <summary>Lists the product's features: their services and their routes.</summary>
internal static class Features
{
    public static void AddFeatures(this WebApplicationBuilder builder, ServerOptions options)
    {
        builder.AddTelemetry(options.Telemetry);
        var services = builder.Services;
        services.AddSingleton(options);
        services.AddSingleton(options.Telemetry);
        services.AddSingleton(_ => ApplicationDataSource.Create(options.Database));
        services.AddReadinessCheck<DatabaseHealth>("database");
        services.AddWeb();
        services.AddKeyRing(options.MasterKeys);
        services.AddTenancy(options.Installation);
        services.AddTenantModels();
        services.AddUsage(options.Budgets with { ChatModel = options.Chat.Endpoint is null ? null : options.Chat.Model });
        services.AddLimits(options.Limits, options.TrustedProxies);
        services.AddMediaModels(options.Transcription, options.Vision);
        services.AddAttachments();
        services.AddHandoffs();
        services.AddAgents();
        services.AddAnswers(options.Chat);
        services.AddKnowledge(
            options.Embedding,
            options.Fetching,
            options.Tavus,
            options.Rerank,
            options.LocalEmbedding,
            options.Ingestion);
        services.AddEvaluation();
        services.AddVisitors();
        services.AddReps();
        services.AddLeads();
        services.AddMail(options.Mail);
        services.AddMeetings();
        services.AddInbox();
        services.AddWebhooks(options.Webhooks);
        services.AddAnalytics();
        services.AddTriggers();
        services.AddCrm(options.Crm);
        services.AddChat();
        services.AddCalls();
        services.AddModes();
        services.AddTavus(options.TavusApi);
        services.AddVideo(options.Video);
        services.AddRooms(options.Ice, options.Rooms);
        services.AddLiveKit(options.LiveKit);
        services.AddRecordings(options.Recordings);
        services.AddVoice(options.Voice, options.VoiceTimings);
        services.AddSpeech(options.Speech, new DictationOptions(options.Transcription));
        services.AddTools();
        services.AddSelling();
        services.AddTenantTools();
        services.AddMcpEndpoint();
        services.AddOpenAI();
        services.AddWarmUp();
        // The method must be called in a lambda: only then does the generator add the contracts' comments to the document at compile time.
        services.AddOpenApi(document => ApiDescription.Configure(document));
    }

    public static void MapFeatures(this WebApplication app)
    {
        app.MapHealth();
        app.MapVisitors();
        app.MapAttachments();
        app.MapAgents();
        app.MapHostedPage();
        app.MapLeads();
        app.MapMeetings();
        app.MapInbox();
        app.MapWebhooks();
        app.MapAnalytics();
        app.MapTriggers();
        app.MapCrm();
        app.MapVideo();
        app.MapLifecycle();
        app.MapRoomsAndIce();
        app.MapLiveKit();
        app.MapRecordings();
        app.MapVoice();
        app.MapVoiceSetup();
        app.MapSearch();
        app.MapKnowledge();
        app.MapEmbedding();
        app.MapTenantEmbedding();
        app.MapEvaluation();
        app.MapSettings();
        app.MapUsage();
        app.MapModes();
        app.MapSpeech();
        app.MapTavus();
        app.MapTools();
        app.MapSelling();
        app.MapTenantTools();
        app.MapMcpEndpoint();
        app.MapChatModel();
        app.MapModelKeys();
        app.MapOpenAI();
        app.MapApiDescription();
    }
}
