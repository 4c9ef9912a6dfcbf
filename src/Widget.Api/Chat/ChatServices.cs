using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.Options;
using Widget.Api.Chat.Pages;
using Widget.Api.Chat.Transcripts;
using Widget.Api.Web;

namespace Widget.Api.Chat;

internal static class ChatServices
{
    /// <summary>Adds the services behind the widget's endpoints and hub.</summary>
    public static IServiceCollection AddChat(this IServiceCollection services)
    {
        services.AddSingleton<SessionService>();
        services.AddSingleton<SessionVisitors>();
        services.AddSingleton<EarlierConversations>();
        services.AddSingleton<TranscriptService>();
        services.AddSingleton<StartPage>();
        services.AddSingleton<PreviewPage>();
        services.AddCors(cors => cors.AddPolicy(
            Policies.AnyOrigin,
            policy => policy.AllowAnyOrigin().AllowAnyHeader().AllowAnyMethod().WithExposedHeaders("Retry-After", "ETag")));
        services.AddSignalR(options => options.MaximumReceiveMessageSize = SizeLimitedHubProtocol.MaxFrameBytes)
            .AddJsonProtocol(json => StorableConverters.AddTo(json.PayloadSerializerOptions));
        // Of two protocols with the same name, SignalR uses the one registered last.
        services.AddSingleton<IHubProtocol>(provider =>
            new SizeLimitedHubProtocol(new JsonHubProtocol(provider.GetRequiredService<IOptions<JsonHubProtocolOptions>>())));
        return services;
    }
}
