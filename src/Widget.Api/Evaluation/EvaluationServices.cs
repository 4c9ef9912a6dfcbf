using Widget.Platform.Work;

namespace Widget.Api.Evaluation;

internal static class EvaluationServices
{
    /// <summary>Adds test questions and the runs that ask them.</summary>
    public static IServiceCollection AddEvaluation(this IServiceCollection services)
    {
        services.AddSingleton(EvaluationTables.Tables);
        services.AddSingleton<WakeUpSignal<EvaluationWorker>>(_ => new());
        services.AddSingleton<EvaluationQuestions>();
        services.AddSingleton<EvaluationRuns>();
        services.AddSingleton<QuestionAsker>();
        services.AddSingleton<QuestionTrial>();
        services.AddHostedService<EvaluationWorker>();
        return services;
    }
}
