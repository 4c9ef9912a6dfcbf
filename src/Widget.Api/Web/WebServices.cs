using System.Text.Json.Serialization;

namespace Widget.Api.Web;

internal static class WebServices
{
    /// <summary>Configures how all endpoints read requests and write errors.</summary>
    public static IServiceCollection AddWeb(this IServiceCollection services)
    {
        services.AddProblemDetails(problems => problems.CustomizeProblemDetails = Problems.SetReadableTitle);
        services.AddSingleton<IProblemDetailsWriter, UnconditionalProblemWriter>();
        services.AddSingleton<RequestFaults>();
        services.AddSingleton<EventStreamOptions>();
        services.AddExceptionHandler<ExceptionProblemHandler>();
        services.ConfigureHttpJsonOptions(json =>
        {
            StorableConverters.AddTo(json.SerializerOptions);
            json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
        });
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        return services;
    }
}
