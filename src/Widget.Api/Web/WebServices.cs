using System.Text.Json.Serialization;

namespace Widget.Api.Web;

internal static class WebServices
{
    /// <summary>How requests are read and errors are written, for all endpoints.</summary>
    public static IServiceCollection AddWeb(this IServiceCollection services)
    {
        services.AddProblemDetails(problems => problems.CustomizeProblemDetails = Problems.SayInWords);
        services.AddSingleton<IProblemDetailsWriter, UnconditionalProblems>();
        services.AddSingleton<RequestFaults>();
        services.AddExceptionHandler<ExceptionProblems>();
        services.ConfigureHttpJsonOptions(json =>
        {
            StorableElements.AddTo(json.SerializerOptions);
            json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
        });
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        return services;
    }
}
